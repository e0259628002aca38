"""Events of authoring. Receivers only write rows."""

from django.dispatch import Signal

authoring_entered = Signal()
"""Somebody opens the authors' screens for the first time today. Arguments: user (User), on (date)."""
