"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from search import checks  # noqa: F401  (registers the checks)


class SearchConfig(AppConfig):
    """Entries and engines of the search box."""

    name = "search"
    verbose_name = _("Search")
