"""Names and sentences of this app's audit events."""

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

SENTENCES = {
    "certification.certification_added": _("%(actor)s added the certification %(target)s"),
    "certification.awarded": _("%(actor)s awarded the certificate %(target)s"),
    "certification.printed": _("%(actor)s printed the certificate %(target)s"),
    "certification.replaced": _("%(actor)s issued a certificate anew as %(target)s"),
    "certification.revoked": _("%(actor)s revoked the certificate %(target)s"),
    "certification.awarded_again": _("%(actor)s awarded a certificate again: %(target)s"),
}
