"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class UsersConfig(WiredAppConfig):
    """Users, roles and login."""

    name = "portal.users"
    verbose_name = _("Users")
