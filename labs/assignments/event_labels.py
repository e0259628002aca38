"""Names of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "assignments.lab_created": _("Lab created"),
    "assignments.release_published": _("Release of a lab published"),
    "assignments.source_handed_out": _("Source of a lab handed out"),
    "assignments.report_requested": _("Check of a release asked for"),
    "assignments.report_made": _("Release of a lab checked"),
    "assignments.wrong_answer_added": _("Wrong answer of a lab added"),
    "assignments.wrong_answer_dropped": _("Wrong answer of a lab dropped"),
    "assignments.lab_assigned": _("Lab assigned to a run"),
    "assignments.assignment_changed": _("Terms of an assignment changed"),
    "assignments.extended": _("Extension granted"),
    "assignments.extension_withdrawn": _("Extension withdrawn"),
}
