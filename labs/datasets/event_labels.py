"""Names and sentences of this app's audit events."""

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
    "datasets.access_asked": _("Use of data asked for"),
    "datasets.request_granted": _("Request for data granted"),
    "datasets.request_refused": _("Request for data refused"),
}

SENTENCES = {
    "datasets.dataset_registered": _("%(actor)s registered the dataset %(target)s"),
    "datasets.dataset_changed": _("%(actor)s changed the entry of the dataset %(target)s"),
    "datasets.import_asked": _("%(actor)s asked to import raw data of %(target)s"),
    "datasets.batch_imported": _("%(actor)s imported the raw data %(target)s"),
    "datasets.batch_destroyed": _("%(actor)s destroyed the raw data %(target)s"),
    "datasets.draft_created": _("%(actor)s began the draft %(target)s"),
    "datasets.draft_changed": _("%(actor)s changed the draft %(target)s"),
    "datasets.build_started": _("%(actor)s started a build of the draft %(target)s"),
    "datasets.work_cancelled": _("%(actor)s cancelled an import or a build of %(target)s"),
    "datasets.draft_assessed": _("%(actor)s assessed the draft %(target)s"),
    "datasets.draft_approved": _("%(actor)s approved the draft %(target)s"),
    "datasets.draft_draft": _("%(actor)s returned the draft %(target)s"),
    "datasets.draft_released": _("%(actor)s released the draft %(target)s"),
    "datasets.draft_withdrawn": _("%(actor)s withdrew the draft %(target)s"),
    "datasets.version_released": _("%(actor)s released the version %(target)s"),
    "datasets.version_withdrawn": _("%(actor)s withdrew the version %(target)s"),
    "datasets.renewal_prepared": _("%(actor)s prepared a new risk report on %(target)s"),
    "datasets.report_renewed": _("%(actor)s renewed the risk report on %(target)s"),
    "datasets.access_granted": _("%(actor)s allowed the use of the data %(target)s"),
    "datasets.access_revoked": _("%(actor)s ended the use of the data %(target)s"),
    "datasets.access_asked": _("%(actor)s asked for the data %(target)s in the name of a unit"),
    "datasets.request_granted": _("%(actor)s granted a request for the data %(target)s"),
    "datasets.request_refused": _("%(actor)s refused a request for the data %(target)s"),
    "datasets.finding_accepted": _("%(actor)s accepted a finding of the draft %(target)s"),
}
