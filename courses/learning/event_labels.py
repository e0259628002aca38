"""Names of this app's audit events."""

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
}
