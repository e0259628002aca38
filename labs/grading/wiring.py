"""What grading tells the apps below: its work and chores, its notices, cards of labs, and how many attempts were made."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.catalog.labs import register_labs
from courses.learning.attempts import register_attempts, register_details
from labs.assignments.rules import register_attempt_counter
from labs.grader.client import LIMITS, GraderSocket
from portal.audit.details import register_detail_rows, register_words
from portal.audit.sentences import register_labels, register_rows
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, Kind, register_chore, register_kind, register_machine_facts

from . import desk_event_labels as desk_events
from . import receivers  # noqa: F401  (they connect themselves)
from .actions.similarity import work_on_report
from .actions.telling import FAILED, MANUAL, tell_of_failures, tell_of_marks
from .audit_rows import DETAIL_ROWS, ROWS, WORDS
from .cards import lab_card, lab_choices
from .event_labels import LABELS, SENTENCES
from .models import Cause, SimilarityReport
from .queries import attempts_used, details_of_trying, tried_assignments
from .sweeping import sweep_checks, sweep_unclaimed_files
from .turns import is_check_owed, waiting_in_turn
from .work import work_on_run

for lane, causes, label in (
    ("interactive", (Cause.SUBMIT,), pgettext_lazy("kind of work", "Grading of submissions")),
    ("check", (Cause.CHECK,), pgettext_lazy("kind of work", "Grading of Checks")),
    ("batch", (Cause.REGRADE, Cause.REPLAY), pgettext_lazy("kind of work", "Regrades and replays")),
):
    register_kind(
        Kind(
            name=f"grading.{lane}",
            label=label,
            lane=lane,
            rows=cast(Any, partial(waiting_in_turn, causes)),
            work=cast(Any, work_on_run),
            lease=timedelta(seconds=settings.GRADING_LEASE_SECONDS),
            is_owed=is_check_owed if lane == "check" else None,
        )
    )
register_kind(
    Kind(
        name="grading.similarity",
        label=pgettext_lazy("kind of work", "Comparison of submissions"),
        lane="other",
        rows=cast(Any, SimilarityReport.objects.order_by("pk").all),
        work=cast(Any, work_on_report),
    )
)
register_machine_facts("grader", lambda: {"is_up": GraderSocket.from_settings().is_up(), "limits": LIMITS})
register_chore(Chore("grading.sweep", timedelta(days=1), sweep_unclaimed_files))
register_chore(Chore("grading.sweep_checks", timedelta(minutes=5), sweep_checks))
register_chore(Chore("grading.tell_of_failures", timedelta(minutes=2), tell_of_failures))
register_chore(Chore("grading.tell_of_marks", timedelta(hours=1), tell_of_marks))
register_labs(lab_choices, lab_card)
register_attempt_counter(attempts_used)
register_attempts("lab", tried_assignments)
register_details("lab", details_of_trying)
register_labels(LABELS, SENTENCES)
register_labels(desk_events.LABELS, desk_events.SENTENCES)
for kind, describe in ROWS.items():
    register_rows(kind, describe)
register_detail_rows(DETAIL_ROWS)
register_words(WORDS)

register_notice("grading.graded", _("Your lab “%(lab)s” is graded: %(score)s of %(max_score)s points."))
register_notice(
    "grading.regraded", _("Your lab “%(lab)s” was graded again: %(score)s of %(max_score)s points now count.")
)
register_notice(
    "grading.late_percent_changed",
    _("Less or nothing is taken off for lateness in “%(lab)s”: %(score)s of %(max_score)s points now count."),
)
register_notice(
    "grading.regrade_waits", _("A regrade of “%(lab)s” gave a lower result, which waits for your decision.")
)
register_notice(
    "grading.adjusted",
    _("“%(question)s” in “%(lab)s” now counts %(score)s points (before: %(before)s). Reason: %(reason)s"),
)
register_notice(
    "grading.adjustment_proposed",
    _("%(by)s proposes other points for “%(question)s” in “%(lab)s”. It holds once you agree."),
)
register_notice("grading.adjustment_applied", _("Your proposed points for “%(question)s” in “%(lab)s” hold now."))
register_notice("grading.adjustment_refused", _("Your proposed points for “%(question)s” in “%(lab)s” were refused."))
register_notice("grading.appeal_opened", _("%(name)s objects to the result of “%(question)s” in “%(lab)s”."))
register_notice("grading.appeal_accepted", _("Your appeal about “%(question)s” in “%(lab)s” was accepted."))
register_notice("grading.appeal_rejected", _("Your appeal about “%(question)s” in “%(lab)s” was answered."))
register_notice("grading.taken_over", _("%(name)s has taken over submission %(receipt)s, which you had open."))
register_notice("grading.feedback", _("Your instructor has commented on “%(question)s” in “%(lab)s”."))
register_notice(FAILED, _("“%(lab)s” (%(run)s): submissions that could not be graded and need you: %(count)s."))
register_notice(MANUAL, _("Submissions that wait for your marks: %(count)s."))
