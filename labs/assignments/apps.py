"""Django configuration of this app."""

from datetime import timedelta
from typing import Any, cast

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

LEASE = timedelta(seconds=30)


class AssignmentsConfig(AppConfig):
    """Labs, releases and assignments."""

    name = "labs.assignments"
    verbose_name = _("Labs")

    def ready(self) -> None:
        """Let the search find labs, the pages of datasets name the labs that use them, and courses count theirs."""
        from courses.catalog.labs import register_lab_count
        from labs.datasets.reaching import register_needs
        from labs.datasets.registry import register_reason, register_uses
        from portal.audit.sentences import register_labels
        from portal.knowledge.registry import TargetKind, register_target
        from portal.queue.registry import Kind, register_kind
        from search.registry import register_audience, register_source

        from . import audit_rows, notices
        from .clause_targets import KIND, lab_choices, refresh_lab, resolve_labs
        from .data_needs import data_needs
        from .entries import assignment_entries, runs_of_reader
        from .event_labels import LABELS, SENTENCES
        from .queries import assignments_in_words, lab_count, labs_in_words, labs_that_use, releases_in_words
        from .reports import open_reports
        from .work import work_on_report

        register_kind(Kind("assignments.report", "batch", cast(Any, open_reports), cast(Any, work_on_report), LEASE))
        notices.register()
        register_source("labs", assignment_entries)
        register_audience("labs", runs_of_reader)
        register_uses(labs_that_use)
        register_reason("assignment", assignments_in_words)
        register_reason("lab", labs_in_words)
        register_reason("release", releases_in_words)
        register_needs(data_needs)
        register_lab_count(lab_count)
        register_labels(LABELS, SENTENCES)
        audit_rows.register()
        register_target(TargetKind(KIND, _("Lab"), resolve_labs, lab_choices, refresh_lab))
