"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class SearchConfig(WiredAppConfig):
    """Entries and engines of the search box."""

    name = "search"
    verbose_name = _("Search")
