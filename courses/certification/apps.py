"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificationConfig(AppConfig):
    """Certifications, awards and their verification."""

    name = "courses.certification"
    verbose_name = _("Certification")
