"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Append-only, hash-chained audit events."""

    name = "portal.audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        """Let the worker seal, sign and verify; this needs the models, which exist only now."""
        import_module(f"{self.name}.sealing").register_sealing()
        import_module(f"{self.name}.anchoring").register_anchoring()
        import_module(f"{self.name}.checking").register_checking()
        events = import_module(f"{self.name}.event_labels")
        import_module(f"{self.name}.sentences").register_labels(events.LABELS, events.SENTENCES)
        import_module(f"{self.name}.details").register_words(events.WORDS)
