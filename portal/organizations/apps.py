"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class OrganizationsConfig(WiredAppConfig):
    """Regions, organizations, positions."""

    name = "portal.organizations"
    verbose_name = _("Organizations")
