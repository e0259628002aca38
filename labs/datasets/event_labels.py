"""Names of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "datasets.dataset_registered": _("Dataset registered"),
    "datasets.dataset_changed": _("Dataset changed on the register"),
    "datasets.import_asked": _("Import of raw data asked for"),
    "datasets.batch_imported": _("Raw data imported"),
    "datasets.batch_destroyed": _("Raw data destroyed"),
    "datasets.draft_created": _("Draft of a release begun"),
    "datasets.draft_changed": _("Draft of a release changed"),
    "datasets.build_started": _("Build of a draft started"),
    "datasets.work_cancelled": _("Import or build cancelled"),
    "datasets.draft_assessed": _("Draft assessed"),
    "datasets.draft_approved": _("Draft approved"),
    "datasets.draft_draft": _("Draft returned"),
    "datasets.finding_accepted": _("Finding of a build accepted"),
    "datasets.draft_released": _("Draft released"),
    "datasets.draft_withdrawn": _("Draft withdrawn"),
    "datasets.version_released": _("Version of a dataset released"),
    "datasets.version_withdrawn": _("Version of a dataset withdrawn"),
    "datasets.renewal_prepared": _("Renewal of a risk report prepared"),
    "datasets.report_renewed": _("Risk report renewed"),
    "datasets.access_granted": _("Use of data granted"),
    "datasets.access_revoked": _("Use of data revoked"),
}
