"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "partners.partner_created": _("Partner added"),
    "partners.partner_changed": _("Partner changed"),
    "partners.program_created": _("Program added"),
    "partners.program_changed": _("Program changed"),
}

SENTENCES = {
    "partners.partner_created": _("%(actor)s added the partner %(target)s"),
    "partners.partner_changed": _("%(actor)s changed the partner %(target)s"),
    "partners.program_created": _("%(actor)s added the program %(target)s"),
    "partners.program_changed": _("%(actor)s changed the program %(target)s"),
}
