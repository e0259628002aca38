"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QueueConfig(AppConfig):
    """Rows as queue: leases, worker lanes, schedule."""

    name = "portal.queue"
    verbose_name = _("Queue")
