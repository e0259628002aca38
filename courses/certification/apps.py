"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class CertificationConfig(WiredAppConfig):
    """Certifications, awards and their verification."""

    name = "courses.certification"
    verbose_name = _("Certification")
