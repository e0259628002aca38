"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class DatasetsConfig(WiredAppConfig):
    """City datasets from raw batch to withdrawn version."""

    name = "labs.datasets"
    verbose_name = _("Datasets")
