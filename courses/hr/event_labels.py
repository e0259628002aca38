"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {"hr.roster_exported": _("Staff training exported")}

SENTENCES = {
    "hr.roster_exported": _("%(actor)s exported the training of staff"),
}
