"""What the desk tells the apps below: its work, its notices, the names of its events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from labs.grading.actions.similarity import work_on_report
from labs.grading.actions.telling import FAILED, MANUAL, tell_of_failures, tell_of_marks
from labs.grading.models import SimilarityReport
from portal.audit.sentences import register_labels
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, Kind, register_chore, register_kind

from .event_labels import LABELS, SENTENCES

_rows = SimilarityReport.objects.order_by("pk")
register_kind(Kind("grading.similarity", "other", cast(Any, _rows.all), cast(Any, work_on_report)))
register_chore(Chore("grading.tell_of_failures", timedelta(minutes=2), tell_of_failures))
register_chore(Chore("grading.tell_of_marks", timedelta(hours=1), tell_of_marks))
register_labels(LABELS, SENTENCES)
register_notice("grading.taken_over", _("%(name)s has taken over submission %(receipt)s, which you had open."))
register_notice("grading.feedback", _("Your instructor has commented on “%(question)s” in “%(lab)s”."))
register_notice(FAILED, _("“%(lab)s” (%(run)s): submissions that could not be graded and need you: %(count)s."))
register_notice(MANUAL, _("Submissions that wait for your marks: %(count)s."))
