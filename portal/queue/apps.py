"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class QueueConfig(WiredAppConfig):
    """Rows as queue: leases, worker lanes, schedule."""

    name = "portal.queue"
    verbose_name = _("Queue")
