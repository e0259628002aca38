"""Django configuration of this app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    """Regions, organizations, positions."""

    name = "portal.organizations"
    verbose_name = _("Organizations")

    def ready(self) -> None:
        """Tell users how places nest, and the audit who may read what; both need the models, which exist only now."""
        import_module(f"{self.name}.scopes").register_places()
        managed_people_for = import_module(f"{self.name}.queries").managed_people_for
        import_module("portal.users.scopes").register_reach(managed_people_for)
