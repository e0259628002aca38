"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """The site's pages and shell."""

    name = "portal.pages"
    verbose_name = _("Pages")
