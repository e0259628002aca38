"""Rules by which learning hours are credited, and what they are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

COMPLETION = "simple-2026-1"
"""A completed course credits the hours of the course, in the local year of its completion."""

NAMES: dict[str, str | Promise] = {COMPLETION: gettext_lazy("Hours of the course, on its completion (rule of 2026)")}


def rule_name(version: str) -> str:
    """Return what the rule is called."""
    return str(NAMES[version]) if version in NAMES else _("A former rule")
