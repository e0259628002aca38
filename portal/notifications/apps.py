"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Notices to people."""

    name = "portal.notifications"
    verbose_name = _("Notices")

    def ready(self) -> None:
        """Tell readers of what their saved searches find, and auditors of seals."""
        import_module(f"{self.name}.searches")
        import_module(f"{self.name}.audit_seals")
