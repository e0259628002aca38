"""What an auditor reads of releases and assignments of labs; the pages themselves are their authors'."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.audit.details import Find, Words
from portal.audit.sentences import Concerned, Describe, Key, uuids

from .models import AttemptsPolicy, LabAssignment, LabRelease


def releases(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Return the lab's title and the number of the release."""
    rows = LabRelease.objects.filter(uuid__in=uuids(keys)).select_related("lab")
    return {
        row.uuid: Concerned(_("%(lab)s, release %(number)s") % {"lab": row.lab, "number": row.number}) for row in rows
    }


def assignments(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Return the lab's title and the run."""
    rows = LabAssignment.objects.filter(uuid__in=uuids(keys)).select_related("lab", "run")
    return {row.uuid: Concerned(f"{row.lab}（{row.run}）") for row in rows}


def _step_in_words(step: Any) -> str:
    """Return a step of a late curve, or all of them: until which day how many percent are taken off."""
    if isinstance(step, list) and len(step) == 2 and isinstance(step[0], int):
        return _("until day %(day)s: −%(percent)s %%") % {"day": step[0], "percent": step[1]}
    return str(step)


ROWS: dict[str, Describe] = {"assignments.labrelease": releases, "assignments.labassignment": assignments}
DETAIL_ROWS: dict[str, str | Find] = {
    "assignments.release": "assignments.labrelease",
    "learning.requirement_added.subject": "assignments.labassignment",
    "learning.requirement_met.subject": "assignments.labassignment",
    "learning.requirement_withdrawn.subject": "assignments.labassignment",
}
WORDS: dict[str, Words] = {
    "attempts_policy": dict(AttemptsPolicy.choices),
    "policy": dict(AttemptsPolicy.choices),
    "late_curve": _step_in_words,
}
