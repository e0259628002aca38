"""Labs as what may rest on a clause."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from courses.catalog.queries import pages_of_courses
from courses.partners.queries import owners_of_programs
from portal.knowledge.registry import TargetCard, TargetRef
from portal.pages.queries import address_of
from search.actions import put_entries

from .entries import assignment_entries
from .models import Lab, LabAssignment, lab_path
from .queries import access_assignments_for

KIND = "lab"


def resolve_labs(refs: Collection[TargetRef], user: Any, language: str) -> dict[TargetRef, TargetCard]:
    """Cards of labs; they lead to the reader's own assignment, else to the course."""
    rows = Lab.objects.filter(uuid__in={ref.uuid for ref in refs}).select_related("course", "program")
    labs = {row.uuid: row for row in rows}
    own: dict[int, LabAssignment] = {}
    if user is not None and user.is_authenticated:
        assignments = access_assignments_for(user).filter(lab__in=labs.values()).order_by("opens_at", "pk")
        own = {assignment.lab_id: assignment for assignment in assignments}
    pages = pages_of_courses([row.course for row in labs.values()], language)
    owners = owners_of_programs([row.program for row in labs.values() if row.program], timezone.localdate())
    cards = {}
    for ref in refs:
        lab = labs.get(ref.uuid)
        if lab is not None:
            page, assignment = pages.get(lab.course_id), own.get(lab.pk)
            url = lab_path(assignment.uuid) if assignment else address_of(page) if page is not None else ""
            title = (lab.title_en if language == "en" else "") or lab.title
            context = lab.course.title_in(language)
            cards[ref] = TargetCard(title, url, context, owners.get(lab.program_id or 0, ()))
    return cards


def lab_choices() -> Iterable[tuple[TargetRef, str]]:
    """Every lab."""
    return [(TargetRef(KIND, lab.uuid), lab.title) for lab in Lab.objects.order_by("title", "pk")]


def refresh_lab(ref: TargetRef, at: datetime) -> None:
    """Make the search agree with the lab's assignments, in the caller's transaction."""
    rows = LabAssignment.objects.filter(lab__uuid=ref.uuid).select_related("lab", "run__course").order_by("pk")
    if rows.exists():
        put_entries(assignment_entries(rows), at=at)
