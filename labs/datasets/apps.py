"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DatasetsConfig(AppConfig):
    """City datasets and their versions."""

    name = "labs.datasets"
    verbose_name = _("Datasets")

    def ready(self) -> None:
        """Let the search find datasets."""
        from search.registry import register_source

        from .entries import dataset_entries

        register_source("datasets", dataset_entries)
