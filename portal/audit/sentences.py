"""How events are called for people; apps register the names of their own events."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise

_labels: dict[str, str | Promise] = {}


def register_labels(labels: Mapping[str, str | Promise]) -> None:
    """This will give events their names; call it from an AppConfig's `ready`."""
    _labels.update(labels)


def event_label(code: str) -> str:
    """Name of an event, or its code while its app has given none."""
    return str(_labels.get(code, code))
