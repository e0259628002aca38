"""Kinds of notices of this app."""

READY = "exports.ready"
"""The file is there."""
