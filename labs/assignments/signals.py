"""Events of labs for the apps above. Sent inside the transaction; receivers only write rows."""

from __future__ import annotations

from django.dispatch import Signal

terms_changed = Signal()
"""The terms of an assignment changed, for everybody or for one trainee: assignment, user (None: everybody), by, at."""
