"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """Courses, lessons and runs."""

    name = "courses.catalog"
    verbose_name = _("Courses")
