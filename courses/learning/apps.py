"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    """Enrolment, progress and learning hours."""

    name = "courses.learning"
    verbose_name = _("Learning")

    def ready(self) -> None:
        """Register with others and connect receivers; they need the models, which exist only now."""
        import_module(f"{self.name}.registrations")
