"""What audit pages show of an event."""

from __future__ import annotations

import re

from django import template
from django.utils.translation import gettext_lazy as _

from portal.audit.detail_names import NAMES
from portal.audit.sentences import event_label, kind_name

register = template.Library()

register.filter("event_label", event_label)
register.filter("kind_name", kind_name)

DIGEST = re.compile(r"[0-9a-f]{64}")
REASONS = {
    "seals are missing before this one": _("seals are missing before this one"),
    "does not follow the seal before": _("does not follow the seal before"),
    "the event was changed": _("the event was changed"),
    "the words were changed": _("the words were changed"),
    "the words were removed without a note of erasing": _("the words were removed without a note of erasing"),
    "not the hash that was noted": _("not the hash that was noted"),
    "the chain is shorter than noted": _("the chain is shorter than noted"),
    "the signature of the anchor is not ours": _("the signature of the anchor is not ours"),
}
"""What the verification says, which machines read in English, in the reader's language."""


@register.filter
def reason(said: str) -> str:
    """Why a place in the chain does not hold."""
    return str(REASONS.get(said, said))


@register.filter
def detail_name(key: str) -> str:
    """What a detail is called; its key while nobody has named it."""
    return str(NAMES.get(key, key))


@register.filter
def detail(value: object) -> str:
    """A detail of an event in plain words rather than in the notation of a language for programs."""
    if isinstance(value, dict):
        return " · ".join(f"{detail_name(str(key))} {detail(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return " · ".join(detail(inner) for inner in value)
    return "–" if value is None else str(value)


@register.filter
def short_detail(value: object) -> str:
    """The same for a page: of a digest the first digits, which are enough to compare by eye."""
    return DIGEST.sub(lambda digest: f"{digest[0][:12]}…", detail(value))
