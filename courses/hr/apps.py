"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HRConfig(AppConfig):
    """What personnel officers see."""

    name = "courses.hr"
    verbose_name = _("Personnel")
