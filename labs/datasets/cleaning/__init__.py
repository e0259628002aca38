"""Cleaning as data: a plan of steps turns a table as an office delivers it into one that can be used. No Django."""
