"""Django configuration of this app."""

from importlib import import_module

from django import forms
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.writing import check_writable


class UsersConfig(AppConfig):
    """Users, roles and login."""

    name = "portal.users"
    verbose_name = _("Users")

    def ready(self) -> None:
        """Connect checks, receivers and chores; they need the models, which exist only now."""
        # Every text field of every form, Wagtail's too: what is let in here ends in workbooks and on paper.
        forms.CharField.default_validators = [check_writable]
        for module in ("checks", "receivers", "name_order"):
            import_module(f"{self.name}.{module}")
        import_module(f"{self.name}.chores").register_chores()
        events = import_module(f"{self.name}.event_labels")
        import_module("portal.audit.sentences").register_labels(events.LABELS, events.SENTENCES)
        import_module(f"{self.name}.audit_words").register()
        search = import_module("search.registry")
        search.register_audience("roles", import_module(f"{self.name}.audiences").roles_of_reader)
        search.register_address(import_module(f"{self.name}.limits").address_of)
