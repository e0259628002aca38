"""What audit pages show of an event."""

from __future__ import annotations

from django import template

from portal.audit.sentences import event_label

register = template.Library()

register.filter("event_label", event_label)


@register.filter
def detail(value: object) -> str:
    """A detail of an event in plain words rather than in the notation of a language for programs."""
    if isinstance(value, dict):
        return " · ".join(f"{key} {detail(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return " · ".join(detail(inner) for inner in value)
    return "–" if value is None else str(value)
