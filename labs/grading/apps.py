"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class GradingConfig(WiredAppConfig):
    """Submissions, grading runs and grades."""

    name = "labs.grading"
    verbose_name = _("Grading")
