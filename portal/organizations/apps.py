"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    """Regions, organizations, positions."""

    name = "portal.organizations"
    verbose_name = _("Organizations")
