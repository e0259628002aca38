"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    """Users, roles and login."""

    name = "portal.users"
    verbose_name = _("Users")
