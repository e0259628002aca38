"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class HRConfig(WiredAppConfig):
    """What personnel officers see."""

    name = "courses.hr"
    verbose_name = _("Personnel")
