"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    """Enrolment, progress and learning hours."""

    name = "courses.learning"
    verbose_name = _("Learning")
