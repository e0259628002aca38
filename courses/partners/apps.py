"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class PartnersConfig(WiredAppConfig):
    """Partner universities and their programs."""

    name = "courses.partners"
    verbose_name = _("Partners")
