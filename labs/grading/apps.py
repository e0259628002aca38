"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GradingConfig(AppConfig):
    """Submissions, grading runs and grades."""

    name = "labs.grading"
    verbose_name = _("Grading")
