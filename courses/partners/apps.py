"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Partner universities and their programmes."""

    name = "courses.partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        """Register the scope and connect receivers; they need the models, which exist only now."""
        import_module(f"{self.name}.registrations")
