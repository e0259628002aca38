"""Names and sentences of this app's audit events."""

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

SENTENCES = {
    "grading.submitted": _("%(actor)s submitted %(target)s"),
    "grading.graded": _("%(actor)s graded the submission %(target)s"),
    "grading.set_aside": _("%(actor)s set the grading of %(target)s aside for a person"),
    "grading.question_marked": _("%(actor)s marked a question of the submission %(target)s"),
    "grading.lateness_changed": _("%(actor)s took back the lateness of %(target)s after a change of terms"),
    "grading.regrade_requested": _("%(actor)s asked to grade %(target)s again"),
    "grading.regrade_started": _("%(actor)s started a regrade: %(target)s"),
    "grading.regrade_waits": _("A lower result waits for approval: %(target)s"),
    "grading.regrade_approved": _("%(actor)s approved the regrade %(target)s"),
    "grading.regrade_discarded": _("%(actor)s discarded the regrade %(target)s"),
    "grading.certified_regraded": _("%(actor)s changed a certified result by a regrade: %(target)s"),
    "grading.replay_requested": _("%(actor)s replayed the grading of %(target)s"),
    "grading.appeal_opened": _("%(actor)s appealed: %(target)s"),
    "grading.appeal_answered": _("%(actor)s answered the appeal %(target)s"),
    "grading.adjustment_applied": _("%(actor)s approved an adjusted score of %(target)s"),
    "grading.adjustment_proposed": _("%(actor)s proposed to adjust a score of %(target)s"),
    "grading.adjustment_refused": _("%(actor)s refused to adjust a score of %(target)s"),
}
