"""What this app tells others at start: labs for the search, for courses, clauses and datasets, its work and notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.catalog.labs import register_lab_count
from labs.datasets.reaching import register_needs
from labs.datasets.registry import register_reason, register_uses
from portal.audit.details import register_detail_rows, register_words
from portal.audit.sentences import register_labels, register_rows
from portal.knowledge.registry import TargetKind, register_target
from portal.notifications.registry import register_notice
from portal.queue.registry import Kind, register_kind
from search.registry import register_audience, register_entry_source

from . import receivers
from .audit_rows import DETAIL_ROWS, ROWS, WORDS
from .clause_targets import KIND, lab_choices, refresh_lab, resolve_labs
from .data_needs import data_needs
from .entries import assignment_entries, runs_of_reader
from .event_labels import LABELS, SENTENCES
from .notices import in_words
from .queries import assignments_in_words, lab_count, labs_in_words, labs_that_use, releases_in_words
from .reports import open_reports
from .work import work_on_report

register_kind(
    Kind(
        name="assignments.report",
        label=pgettext_lazy("kind of work", "Check of a lab before its release"),
        lane="labs",
        rows=cast(Any, open_reports),
        work=cast(Any, work_on_report),
        lease=timedelta(seconds=30),
    )
)
register_entry_source("labs", assignment_entries)
register_audience("labs", runs_of_reader)
register_uses(labs_that_use)
register_reason("assignment", assignments_in_words)
register_reason("lab", labs_in_words)
register_reason("release", releases_in_words)
register_needs(data_needs)
register_lab_count(lab_count)
register_labels(LABELS, SENTENCES)
for kind, describe in ROWS.items():
    register_rows(kind, describe)
register_detail_rows(DETAIL_ROWS)
register_words(WORDS)
register_target(TargetKind(KIND, _("Lab"), resolve_labs, lab_choices, refresh_lab))

register_notice("assignments.report_red", _("Release %(number)s of the lab “%(lab)s” did not pass its check"))
register_notice(
    "assignments.report_green", _("Release %(number)s of the lab “%(lab)s” passed its check and can be assigned")
)
register_notice(
    receivers.WITHDRAWN, _("The lab “%(lab)s” is frozen: the data “%(dataset)s” was withdrawn (%(reason)s)")
)
register_notice(
    receivers.ENDED,
    _("The lab “%(lab)s” is frozen: the risk report on the data “%(dataset)s” ended on %(date)s"),
)
register_notice(
    "assignments.pass_mark_changed",
    _("The pass mark of the lab “%(lab)s” is now %(percent)s %% (before: %(before)s %%). Reason: %(reason)s"),
)
register_notice("assignments.taken_back", _("The lab “%(lab)s” was withdrawn from “%(run)s”. Reason: %(reason)s"))
register_notice("assignments.set", _("A lab was set for “%(run)s”: “%(lab)s”, due %(due)s."), in_words)
register_notice(
    "assignments.due_changed",
    _("The lab “%(lab)s” of “%(run)s” is now due %(due)s (before: %(before)s)."),
    in_words,
)
register_notice("assignments.put_back", _("The lab “%(lab)s” can be done again in “%(run)s”."))
register_notice("assignments.extended", _("You have more time or attempts for the lab “%(lab)s”: %(reason)s"))
