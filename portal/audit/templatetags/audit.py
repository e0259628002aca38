"""What audit pages show of an event."""

from __future__ import annotations

from django import template

from portal.audit.sentences import event_label

register = template.Library()

register.filter("event_label", event_label)
