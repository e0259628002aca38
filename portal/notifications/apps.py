"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Notices to people."""

    name = "portal.notifications"
    verbose_name = _("Notices")
