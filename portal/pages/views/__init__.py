"""Addresses of the site beside its pages: the start page of staff, preferences, files, seeing as somebody else."""
