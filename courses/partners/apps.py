"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Partner universities and their programmes."""

    name = "courses.partners"
    verbose_name = _("Partners")
