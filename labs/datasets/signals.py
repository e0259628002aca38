"""Events of datasets, sent inside the transaction; receivers only write rows."""

from __future__ import annotations

from django.dispatch import Signal

version_withdrawn = Signal()
"""A version was withdrawn: version, withdrawal, at."""

passport_ended = Signal()
"""The last report of a version is no longer valid: version, at."""
