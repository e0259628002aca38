"""What codes and numbers in the details of this app's events mean."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.audit.details import Words

from .rules import rule_name

FORMATS = {"csv": "CSV", "xlsx": "XLSX"}


def hundredths(value: Any) -> str:
    """Return a number that is kept in hundredths, such as learning hours."""
    return f"{value / 100:g}" if isinstance(value, int) else str(value)


def time_in_words(value: Any) -> str:
    """Seconds as people say them."""
    if not isinstance(value, int):
        return str(value)
    minutes, seconds = divmod(value, 60)
    parts = [ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}] if minutes else []
    if seconds or not minutes:
        parts.append(ngettext("%(number)s second", "%(number)s seconds", seconds) % {"number": seconds})
    return " ".join(parts)


WORDS: dict[str, Words] = {
    "learning.hours": hundredths,
    "seconds": time_in_words,
    "seconds_left": time_in_words,
    "learning.rule": lambda version: rule_name(str(version)),
    "learning.kind": {"lab": _("Lab")},
    "learning.roster_exported.format": FORMATS,
}
