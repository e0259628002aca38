"""Names of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "certification.certification_added": _("Certification added"),
    "certification.awarded": _("Certificate awarded"),
    "certification.printed": _("Certificate printed"),
    "certification.replaced": _("Certificate issued anew"),
    "certification.revoked": _("Certificate revoked"),
}
