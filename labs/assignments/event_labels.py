"""Names and sentences of this app's audit events."""

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
    "assignments.rules_changed": _("Pass mark or requirement of an assignment changed"),
    "assignments.withdrawn": _("Lab withdrawn from a run"),
    "assignments.restored": _("Withdrawn lab put before its run again"),
    "assignments.lab_retired": _("Lab or release retired"),
    "assignments.lab_restored": _("Lab or release in use again"),
    "assignments.extended": _("Extension granted"),
    "assignments.extension_withdrawn": _("Extension withdrawn"),
}

SENTENCES = {
    "assignments.lab_created": _("%(actor)s made the lab %(target)s"),
    "assignments.release_published": _("%(actor)s published the release %(target)s"),
    "assignments.report_requested": _("%(actor)s asked for a check of the release %(target)s"),
    "assignments.report_made": _("%(actor)s checked the release %(target)s"),
    "assignments.wrong_answer_added": _("%(actor)s added a wrong answer to the lab %(target)s"),
    "assignments.wrong_answer_dropped": _("%(actor)s dropped a wrong answer of the lab %(target)s"),
    "assignments.lab_assigned": _("%(actor)s assigned a lab: %(target)s"),
    "assignments.assignment_changed": _("%(actor)s changed the terms of the assignment %(target)s"),
    "assignments.extended": _("%(actor)s granted an extension for %(target)s"),
    "assignments.extension_withdrawn": _("%(actor)s withdrew an extension for %(target)s"),
    "assignments.lab_restored": _("%(actor)s put %(target)s in use again"),
    "assignments.lab_retired": _("%(actor)s retired %(target)s"),
    "assignments.restored": _("%(actor)s put the withdrawn lab before its run again: %(target)s"),
    "assignments.rules_changed": _("%(actor)s changed pass mark or requirement of the assignment %(target)s"),
    "assignments.source_handed_out": _("%(actor)s handed out the source of the lab %(target)s"),
    "assignments.withdrawn": _("%(actor)s withdrew a lab from its run: %(target)s"),
}
