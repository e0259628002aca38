"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificationConfig(AppConfig):
    """Certifications, awards and their verification."""

    name = "courses.certification"
    verbose_name = _("Certification")

    def ready(self) -> None:
        """Connect receivers, work and notices; they need the models, which exist only now."""
        for module in ("receivers", "registrations"):
            import_module(f"{self.name}.{module}")
