"""What grading tells the apps below: its work and chores, its notices, cards of labs, and how many attempts were made."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from courses.catalog.labs import register_labs
from courses.learning import attempts as required
from labs.assignments.models import LabAssignment
from labs.assignments.rules import register_attempts
from labs.assignments.signals import terms_changed
from labs.grader.client import LIMITS, GraderSocket
from portal.audit.sentences import register_labels
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, Kind, register_chore, register_facts, register_kind
from portal.users.models import User

from . import audit_rows
from .actions import recount
from .cards import lab_card, lab_choices
from .event_labels import LABELS, SENTENCES
from .models import Cause
from .queries import attempts_used, details_of_trying, tried_assignments
from .sweeping import sweep_checks, sweep_unclaimed_files
from .turns import is_check_owed, waiting_in_turn
from .work import work_on_run


@receiver(terms_changed, dispatch_uid="grading.recount")
def _recount(
    sender: object, assignment: LabAssignment, user: User | None, by: User | None, at: datetime, **_: Any
) -> None:
    recount(assignment=assignment, user=user, by=by, at=at)


for _lane, _causes in {
    "interactive": (Cause.SUBMIT,),
    "check": (Cause.CHECK,),
    "batch": (Cause.REGRADE, Cause.REPLAY),
}.items():
    register_kind(
        Kind(
            f"grading.{_lane}",
            _lane,
            cast(Any, partial(waiting_in_turn, _causes)),
            cast(Any, work_on_run),
            lease=timedelta(seconds=settings.GRADING_LEASE_SECONDS),
            is_owed=is_check_owed if _lane == "check" else None,
        )
    )
register_facts("grader", lambda: {"is_up": GraderSocket.from_settings().is_up(), "limits": LIMITS})
register_chore(Chore("grading.sweep", timedelta(days=1), sweep_unclaimed_files))
register_chore(Chore("grading.sweep_checks", timedelta(minutes=5), sweep_checks))
register_labs(lab_choices, lab_card)
register_attempts(attempts_used)
required.register_attempts("lab", tried_assignments)
required.register_details("lab", details_of_trying)
register_labels(LABELS, SENTENCES)
audit_rows.register()

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
