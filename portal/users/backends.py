"""Password login by login name, letter case ignored."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend


class CaseInsensitiveBackend(ModelBackend):
    """Django's own backend; the user manager ignores letter case in `get_by_natural_key`."""
