"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "hub.access_revoked": _("Lab sessions ended after a loss of rights"),
    "hub.token_issued": _("Command-line token issued"),
    "hub.token_ended": _("Command-line token ended"),
}

SENTENCES = {
    "hub.access_revoked": _("%(actor)s ended the lab sessions of %(target)s"),
    "hub.token_issued": _("%(actor)s took a command-line token"),
    "hub.token_ended": _("%(actor)s ended a command-line token"),
}
