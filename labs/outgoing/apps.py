"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutgoingConfig(AppConfig):
    """Files that leave labs."""

    name = "labs.outgoing"
    verbose_name = _("Outgoing files")

    def ready(self) -> None:
        """Tell audit, notices, datasets and worker what this app has."""
        from .registrations import register

        register()
