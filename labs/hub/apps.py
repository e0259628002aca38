"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class HubConfig(WiredAppConfig):
    """The portal's side of JupyterHub."""

    name = "labs.hub"
    verbose_name = _("Hub")
