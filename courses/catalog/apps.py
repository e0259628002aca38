"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class CatalogConfig(WiredAppConfig):
    """Courses, lessons and runs."""

    name = "courses.catalog"
    verbose_name = _("Courses")
