"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    """Policies down to the clause, and the glossary."""

    name = "portal.knowledge"
    verbose_name = _("Policy knowledge")

    def ready(self) -> None:
        """Register with search, notices and groups, and listen to editors; this needs the models, which exist now."""
        for module in ("receivers", "registrations"):
            import_module(f"{self.name}.{module}")
