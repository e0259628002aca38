"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class NotificationsConfig(WiredAppConfig):
    """Notices to people."""

    name = "portal.notifications"
    verbose_name = _("Notices")
