"""Raw data in, a release's folder out: pure functions and a program that the worker starts, without Django."""
