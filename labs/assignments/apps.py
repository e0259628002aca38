"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class AssignmentsConfig(WiredAppConfig):
    """Labs, releases and assignments."""

    name = "labs.assignments"
    verbose_name = _("Labs")
