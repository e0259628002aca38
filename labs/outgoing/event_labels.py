"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "outgoing.file_passed": _("File left a lab"),
    "outgoing.file_held": _("File from a lab held"),
    "outgoing.file_asked_for": _("File from a lab asked for"),
    "outgoing.file_granted": _("File from a lab allowed to leave"),
    "outgoing.file_refused": _("File from a lab refused"),
    "outgoing.file_fetched": _("Held file fetched"),
    "outgoing.bytes_destroyed": _("Held file destroyed"),
    "outgoing.rule_set": _("Rule for outgoing files set"),
}

SENTENCES = {
    "outgoing.file_passed": _("%(actor)s took the file %(target)s out of a lab"),
    "outgoing.file_held": _("The file %(target)s of %(actor)s was held before it left a lab"),
    "outgoing.file_asked_for": _("%(actor)s asked for the file %(target)s"),
    "outgoing.file_granted": _("%(actor)s let the file %(target)s leave a lab"),
    "outgoing.file_refused": _("%(actor)s refused that the file %(target)s leaves a lab"),
    "outgoing.file_fetched": _("%(actor)s fetched the held file %(target)s"),
    "outgoing.bytes_destroyed": _("%(actor)s destroyed the held bytes of %(target)s"),
    "outgoing.rule_set": _("%(actor)s set the rule for outgoing files of %(target)s"),
}
