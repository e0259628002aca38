"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class LearningConfig(WiredAppConfig):
    """Enrollment, progress and learning hours."""

    name = "courses.learning"
    verbose_name = _("Learning")
