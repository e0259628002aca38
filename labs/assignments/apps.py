"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssignmentsConfig(AppConfig):
    """Labs, releases and assignments."""

    name = "labs.assignments"
    verbose_name = _("Labs")
