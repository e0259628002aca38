"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DatasetsConfig(AppConfig):
    """City datasets from raw batch to withdrawn version."""

    name = "labs.datasets"
    verbose_name = _("Datasets")

    def ready(self) -> None:
        """Tell search, audit, notices and worker what this app has."""
        from .registrations import register

        register()
