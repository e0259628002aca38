"""The de-identification engine: pure functions on tables, with a command line, without Django."""
