"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class ExportsConfig(WiredAppConfig):
    """Long exports: made by the worker, fetched by whoever asked."""

    name = "portal.exports"
    verbose_name = _("Exports")
