"""Password login by login name, letter case ignored."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend


class CaseInsensitiveBackend(ModelBackend):
    """Django's own backend; the user manager ignores letter case in `get_by_natural_key`.

    It is the only backend: one that fails and a second that tries again would hash twice for known names
    and once for unknown ones, and the difference in time would tell which names exist.
    """
