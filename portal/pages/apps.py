"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class PagesConfig(WiredAppConfig):
    """The site's pages and shell."""

    name = "portal.pages"
    verbose_name = _("Pages")
