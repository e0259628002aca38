"""What the search finds of labs: assignments, for the people of their runs."""

from __future__ import annotations

from collections.abc import Iterable

from courses.learning.models import Enrollment
from portal.knowledge.queries import is_stale_target
from portal.users.models import User
from search.registry import Entry

from .models import LabAssignment, lab_path


def assignment_entries(assignments: Iterable[LabAssignment] | None = None) -> Iterable[Entry]:
    """Entries of assignments, in both languages."""
    if assignments is None:
        assignments = LabAssignment.objects.select_related("lab", "run__course").order_by("pk")
    for assignment in assignments:
        lab, course = assignment.lab, assignment.run.course
        texts = {
            "zh-hans": (lab.title, lab.summary, course.title),
            "en": (lab.title_en, lab.summary_en, course.title_en or course.title),
        }
        status = "stale" if is_stale_target("lab", lab.uuid) else ""
        for language, (title, summary, parent) in texts.items():
            if title:
                yield Entry(
                    key=f"lab:{assignment.uuid}:{language}",
                    kind="lab",
                    source_uuid=assignment.uuid,
                    language=language,
                    title=title,
                    body=summary,
                    url=lab_path(assignment.uuid),
                    audience=f"run:{assignment.run.uuid}",
                    parent_title=parent,
                    status=status,
                )


def runs_of_reader(user: User) -> Iterable[str]:
    """Audiences that a reader belongs to by enrollment."""
    runs = Enrollment.objects.present().filter(user=user).values_list("run__uuid", flat=True)
    return [f"run:{run}" for run in runs.order_by("pk")]
