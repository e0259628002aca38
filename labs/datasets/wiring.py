"""What this app tells the others when Django starts."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.audit.details import register_fields, register_words
from portal.audit.sentences import register_labels, register_rows
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, register_chore, register_kind
from search.registry import register_entry_source

from .actions.expiring import tell_of_expiry
from .actions.importing import destroy_expired_batches
from .actions.releasing import settle_withdrawals
from .audit_rows import FIELDS, ROWS, WORDS
from .entries import dataset_entries
from .event_labels import LABELS, SENTENCES
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
from .work import BUILDS, IMPORTS

register_entry_source("datasets", dataset_entries)
register_labels(LABELS, SENTENCES)
for kind, describe in ROWS.items():
    register_rows(kind, describe)
for event, model in FIELDS.items():
    register_fields(event, model)
register_words(WORDS)
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
register_notice("datasets.report_expires", _("The risk report on “%(dataset)s” version %(number)s ends on %(date)s"))
register_notice("datasets.version_withdrawn", _("%(name)s withdrew “%(dataset)s” version %(number)s: %(reason)s"))
register_kind(IMPORTS)
register_kind(BUILDS)
register_chore(Chore("datasets.mounts", timedelta(seconds=30), sync_mounts))
register_chore(Chore("datasets.withdrawals", timedelta(minutes=5), settle_withdrawals))
register_chore(Chore("datasets.retention", timedelta(hours=1), destroy_expired_batches))
register_chore(Chore("datasets.expiry", timedelta(hours=6), tell_of_expiry))
