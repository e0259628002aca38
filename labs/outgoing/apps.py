"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class OutgoingConfig(WiredAppConfig):
    """Files that leave labs."""

    name = "labs.outgoing"
    verbose_name = _("Outgoing files")
