"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "organizations.regions_loaded": _("Regions loaded"),
    "organizations.positions_loaded": _("Positions loaded"),
    "organizations.organization_created": _("Organization made"),
    "organizations.organization_renamed": _("Organization renamed"),
    "organizations.organization_moved": _("Organization moved"),
    "organizations.job_assigned": _("Post assigned"),
    "organizations.job_ended": _("Post ended"),
    "organizations.job_corrected": _("Post corrected"),
    "organizations.planned_job_cancelled": _("Planned transfer cancelled"),
    "organizations.place_of_work_set": _("Room and telephone entered"),
    "organizations.transfer_asked": _("Transfer asked for"),
    "organizations.transfer_accepted": _("Transfer accepted"),
    "organizations.transfer_refused": _("Transfer refused"),
    "organizations.transfer_withdrawn": _("Request for a transfer withdrawn"),
    "organizations.transfer_expired": _("Request for a transfer expired"),
    "organizations.job_taken_back": _("Transfer undone"),
    "organizations.transfer_undone": _("Accepted transfer cancelled"),
}

SENTENCES = {
    "organizations.place_of_work_set": _("%(actor)s entered room or telephone of %(target)s"),
    "organizations.regions_loaded": _("%(actor)s loaded the regions"),
    "organizations.positions_loaded": _("%(actor)s loaded the positions"),
    "organizations.organization_created": _("%(actor)s made the unit %(target)s"),
    "organizations.organization_renamed": _("%(actor)s renamed the unit %(target)s"),
    "organizations.organization_moved": _("%(actor)s moved the unit %(target)s"),
    "organizations.job_assigned": _("%(actor)s assigned to %(target)s the post %(position)s in %(organization)s"),
    "organizations.job_ended": _("%(actor)s ended the post of %(target)s in %(organization)s"),
    "organizations.job_corrected": _("%(actor)s corrected the post of %(target)s: %(position)s in %(organization)s"),
    "organizations.planned_job_cancelled": _(
        "%(actor)s cancelled the planned transfer of %(target)s to %(organization)s"
    ),
    "organizations.transfer_asked": _(
        "%(actor)s asked for the transfer of %(target)s from %(from_organization)s to %(organization)s"
    ),
    "organizations.transfer_accepted": _("%(actor)s accepted the transfer of %(target)s"),
    "organizations.transfer_refused": _("%(actor)s refused the transfer of %(target)s"),
    "organizations.transfer_withdrawn": _("%(actor)s withdrew the request for a transfer of %(target)s"),
    "organizations.transfer_expired": _("The request for a transfer of %(target)s expired"),
    "organizations.job_taken_back": _("%(actor)s undid a transfer of %(target)s that had begun"),
    "organizations.transfer_undone": _("%(actor)s cancelled the accepted transfer of %(target)s"),
}
