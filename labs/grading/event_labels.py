"""Names of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "grading.submitted": _("Lab submitted"),
    "grading.graded": _("Lab graded"),
    "grading.set_aside": _("Grading set aside for a person"),
    "grading.question_marked": _("Question marked"),
    "grading.lateness_changed": _("Lateness taken back after a change of terms"),
    "grading.regrade_requested": _("Regrade of one submission requested"),
    "grading.regrade_started": _("Regrade of an assignment started"),
    "grading.regrade_waits": _("Lower result waits for approval"),
    "grading.regrade_approved": _("Regrade approved"),
    "grading.regrade_discarded": _("Regrade discarded"),
    "grading.certified_regraded": _("Certified result changed by a regrade"),
    "grading.replay_requested": _("Replay of a grading"),
    "grading.adjustment_proposed": _("Adjustment of points proposed"),
    "grading.adjustment_applied": _("Points adjusted"),
    "grading.adjustment_refused": _("Adjustment of points refused"),
    "grading.appeal_opened": _("Appeal opened"),
    "grading.appeal_answered": _("Appeal answered"),
}
