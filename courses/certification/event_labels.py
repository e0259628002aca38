"""Names of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "certification.certification_added": _("Certification added"),
    "certification.awarded": _("Certificate awarded"),
    "certification.printed": _("Certificate printed"),
    "certification.replaced": _("Certificate issued anew"),
    "certification.awarded_again": _("Certificate awarded again after a revocation"),
    "certification.revoked": _("Certificate revoked"),
}
