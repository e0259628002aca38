"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Append-only, hash-chained audit events."""

    name = "portal.audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        """Let the worker seal events; this needs the models, which exist only now."""
        import_module(f"{self.name}.sealing").register_sealing()
