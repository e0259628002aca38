"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """The site's pages and shell."""

    name = "portal.pages"
    verbose_name = _("Pages")

    def ready(self) -> None:
        """Connect receivers, search and calendar; they need the models, which exist only now."""
        for module in ("receivers", "registrations"):
            import_module(f"{self.name}.{module}")
