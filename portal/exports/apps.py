"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Long exports: made by the worker, fetched by whoever asked."""

    name = "portal.exports"
    verbose_name = _("Exports")

    def ready(self) -> None:
        """Let the worker make and remove files, and auditors export many events."""
        import_module(f"{self.name}.registrations")
        import_module(f"{self.name}.audit_events")
