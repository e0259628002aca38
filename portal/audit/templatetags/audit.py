"""What audit pages show of an event."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from portal.audit.sentences import event_label, kind_name

register = template.Library()

register.filter("event_label", event_label)
register.filter("kind_name", kind_name)

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
    """Return why a place in the chain does not hold."""
    return str(REASONS.get(said, said))
