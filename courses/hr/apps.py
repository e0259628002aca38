"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HRConfig(AppConfig):
    """What personnel officers see."""

    name = "courses.hr"
    verbose_name = _("Personnel")

    def ready(self) -> None:
        """Name this app's events, which the audit's pages show, and let the roster be made in the background."""
        events = import_module(f"{self.name}.event_labels")
        import_module("portal.audit.sentences").register_labels(events.LABELS, events.SENTENCES)
        import_module(f"{self.name}.audit_rows").register()
        import_module(f"{self.name}.exports").register()
