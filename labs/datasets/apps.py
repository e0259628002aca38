"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DatasetsConfig(AppConfig):
    """City datasets and their versions."""

    name = "labs.datasets"
    verbose_name = _("Datasets")
