"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "learning.enrolled": _("Enrolled in a run"),
    "learning.withdrawn": _("Withdrawn from a run"),
    "learning.requirement_added": _("Requirement added to a run"),
    "learning.requirement_withdrawn": _("Requirement of a run withdrawn"),
    "learning.requirement_met": _("Requirement met"),
    "learning.course_completed": _("Course completed"),
    "learning.hours_credited": _("Learning hours credited"),
    "learning.roster_exported": _("Learners of a run exported"),
    "learning.lesson_completed": _("Lesson completed"),
    "learning.completion_refused": _("Completion of a lesson refused"),
}

SENTENCES = {
    "learning.enrolled": _("%(actor)s enrolled: %(target)s"),
    "learning.withdrawn": _("%(actor)s withdrew: %(target)s"),
    "learning.requirement_added": _("%(actor)s added the requirement %(label)s to the run %(target)s"),
    "learning.requirement_met": _("%(target)s passed %(subject)s, which the run asks for"),
    "learning.course_completed": _("A course was completed: %(target)s"),
    "learning.hours_credited": _("Learning hours were credited: %(target)s"),
    "learning.roster_exported": _("%(actor)s exported the learners of the run %(target)s"),
    "learning.lesson_completed": _("%(actor)s completed the lesson %(lesson)s: %(target)s"),
    "learning.completion_refused": _("%(actor)s wanted to complete the lesson %(lesson)s before its time: %(target)s"),
    "learning.requirement_withdrawn": _("%(actor)s withdrew the requirement %(label)s of %(target)s"),
}
