"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "hub.access_revoked": _("Lab sessions ended after a loss of rights"),
}

SENTENCES = {
    "hub.access_revoked": _("%(actor)s ended the lab sessions of %(target)s"),
}
