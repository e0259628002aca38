"""Looks into a file that is about to leave a lab: what it holds, opened; without Django."""
