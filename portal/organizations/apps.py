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
        import_module(f"{self.name}.chores").register_chores()
        events = import_module(f"{self.name}.event_labels")
        import_module("portal.audit.sentences").register_labels(events.LABELS, events.SENTENCES)
        import_module(f"{self.name}.audit_words").register()
        readable_events = import_module(f"{self.name}.reading").readable_events
        import_module("portal.audit.permissions").register_reading(readable_events)
        import_module("portal.audit.permissions").register_erasing(import_module(f"{self.name}.reading").may_erase)
        managed_people_for = import_module(f"{self.name}.queries").managed_people_for
        import_module("portal.users.scopes").register_reach(managed_people_for)
        region_name = import_module(f"{self.name}.region_names").region_name
        import_module("search.registry").register_labels("region", region_name)
