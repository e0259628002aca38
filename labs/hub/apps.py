"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HubConfig(AppConfig):
    """The portal's side of JupyterHub."""

    name = "labs.hub"
    verbose_name = _("Hub")
