"""Django configuration of this app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GradingConfig(AppConfig):
    """Submissions, grading runs and grades."""

    name = "labs.grading"
    verbose_name = _("Grading")

    def ready(self) -> None:
        """Register with others and connect receivers; they need the models, which exist only now."""
        import_module(f"{self.name}.registrations")
        import_module(f"{self.name}.desk.registrations")
