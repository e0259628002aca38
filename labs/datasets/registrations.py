"""What this app tells the others when Django starts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.audit.sentences import register_labels
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, Kind, register_chore, register_kind
from search.registry import register_source

from . import audit_rows
from .actions.building import carry_out_build
from .actions.expiring import tell_of_expiry
from .actions.importing import carry_out_import, destroy_expired_batches
from .actions.releasing import settle_withdrawals
from .entries import dataset_entries
from .event_labels import LABELS, SENTENCES
from .models import Build, Import
from .mounts import sync_mounts
from .queries import grants_in_words
from .reaching import names_of_runs, people_of_runs
from .receivers import (
    PERSON,
    RUN,
    UNIT,
    ReceiverKind,
    names_of_people,
    names_of_units,
    people_of_units,
    people_themselves,
    register_receiver,
)
from .registry import register_reason

IMPORTS = Kind(
    name="datasets.import",
    lane="data",
    rows=lambda: cast(Any, Import.objects.select_related("dataset", "asked_by").order_by("pk")),
    work=cast(Any, carry_out_import),
)
BUILDS = Kind(
    name="datasets.build",
    lane="data",
    rows=lambda: cast(
        Any, Build.objects.select_related("draft__dataset", "draft__batch", "recipe", "started_by").order_by("pk")
    ),
    work=cast(Any, carry_out_build),
)


def register() -> None:
    """This will register entries, events, notices, work and what happens by date."""
    register_source("datasets", dataset_entries)
    register_labels(LABELS, SENTENCES)
    audit_rows.register()
    register_reason("grant", grants_in_words)
    register_receiver(RUN, ReceiverKind(pgettext_lazy("receiver", "Run"), names_of_runs, people_of_runs))
    register_receiver(UNIT, ReceiverKind(pgettext_lazy("receiver", "Unit"), names_of_units, people_of_units))
    register_receiver(PERSON, ReceiverKind(pgettext_lazy("receiver", "Person"), names_of_people, people_themselves))
    register_notice("datasets.request_waits", _("%(count)s requests for data wait for you"))
    register_notice("datasets.request_answered_yes", _("Your unit may use “%(dataset)s”: %(reason)s"))
    register_notice("datasets.request_answered_no", _("Your unit may not use “%(dataset)s”: %(reason)s"))
    register_notice("datasets.report_waits", _("A risk report on “%(dataset)s”, prepared by %(name)s, waits for you"))
    register_notice("datasets.report_approved", _("%(name)s approved the risk report on “%(dataset)s”"))
    register_notice("datasets.draft_returned", _("%(name)s returned the draft of “%(dataset)s”: %(reason)s"))
    register_notice(
        "datasets.report_expires", _("The risk report on “%(dataset)s” version %(number)s ends on %(date)s")
    )
    register_notice("datasets.version_withdrawn", _("%(name)s withdrew “%(dataset)s” version %(number)s: %(reason)s"))
    register_kind(IMPORTS)
    register_kind(BUILDS)
    register_chore(Chore("datasets.mounts", timedelta(seconds=30), sync_mounts))
    register_chore(Chore("datasets.withdrawals", timedelta(minutes=5), settle_withdrawals))
    register_chore(Chore("datasets.retention", timedelta(hours=1), destroy_expired_batches))
    register_chore(Chore("datasets.expiry", timedelta(hours=6), tell_of_expiry))
