"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "grading.taken_over": _("Submission taken over from another instructor"),
    "grading.flags_seen": _("Flags of a grading seen"),
    "grading.feedback_given": _("Comment given to trainees"),
    "grading.rubric_written": _("Rubric written"),
    "grading.comment_added": _("Comment added to the library"),
    "grading.comment_changed": _("Comment of the library rewritten"),
    "grading.comment_retired": _("Comment taken out of the library"),
    "grading.similarity_requested": _("Similarity report requested"),
    "grading.marks_imported": _("Marks imported"),
    "grading.book_exported": _("Grade book exported"),
}

SENTENCES = {
    "grading.taken_over": _("%(actor)s took over the submission %(target)s from another instructor"),
    "grading.flags_seen": _("%(actor)s saw the flags of the grading of %(target)s"),
    "grading.feedback_given": _("%(actor)s commented on answers: %(target)s"),
    "grading.rubric_written": _("%(actor)s wrote a rubric for the lab %(target)s"),
    "grading.comment_added": _("%(actor)s added a comment to the library of %(target)s"),
    "grading.comment_changed": _("%(actor)s rewrote a comment of the library of %(target)s"),
    "grading.comment_retired": _("%(actor)s took a comment out of the library of %(target)s"),
    "grading.similarity_requested": _("%(actor)s asked for a similarity report: %(target)s"),
    "grading.marks_imported": _("%(actor)s imported marks into the run %(target)s"),
    "grading.book_exported": _("%(actor)s exported the grade book of the run %(target)s"),
}
