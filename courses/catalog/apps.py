"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """Courses, lessons and runs."""

    name = "courses.catalog"
    verbose_name = _("Courses")

    def ready(self) -> None:
        """Register with others and connect receivers; they need the models, which exist only now."""
        import_module(f"{self.name}.registrations")
