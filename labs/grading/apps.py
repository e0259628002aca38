"""Django configuration of this app."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GradingConfig(AppConfig):
    """Submissions, grading runs and grades."""

    name = "labs.grading"
    verbose_name = _("Grading")

    def ready(self) -> None:
        """Let the worker grade and sweep, lessons show cards of labs, and people be told of results."""
        from courses.catalog.labs import register_labs
        from portal.notifications.registry import register_notice
        from portal.queue.registry import Chore, Kind, register_chore, register_kind

        from .cards import lab_card, lab_choices
        from .models import Cause, GradingRun
        from .sweeping import sweep_unclaimed_files
        from .work import work_on_run

        lanes = {"interactive": (Cause.CHECK, Cause.SUBMIT), "batch": (Cause.REGRADE, Cause.REPLAY)}
        for lane, causes in lanes.items():
            rows = GradingRun.objects.filter(cause__in=causes).order_by("pk")
            register_kind(Kind(f"grading.{lane}", lane, cast(Any, rows.all), cast(Any, work_on_run)))
        register_chore(Chore("grading.sweep", timedelta(days=1), sweep_unclaimed_files))
        register_labs(lab_choices, lab_card)
        register_notice("grading.graded", _("Your lab “%(lab)s” is graded: %(score)s of %(max_score)s points."))
