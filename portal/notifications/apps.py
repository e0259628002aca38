"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Notices to people."""

    name = "portal.notifications"
    verbose_name = _("Notices")

    def ready(self) -> None:
        """Tell readers what their searches find, people what they are called now, HR who asks, auditors of seals, and who runs this of its disk."""
        for module in ("searches", "identities", "roles", "posts", "transfers", "audit_seals", "disks"):
            import_module(f"{self.name}.{module}")
