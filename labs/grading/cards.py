"""A lab as a lesson shows it to its reader."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from courses.catalog.labs import LabCard
from labs.assignments.models import Lab, lab_path
from labs.assignments.queries import access_assignments_for

from .queries import states_for
from .standings import AssignmentState, as_points
from .wording import standing_tag


def lab_choices() -> Iterable[tuple[uuid.UUID, str]]:
    """Labs that a lesson may lead to."""
    return [(lab.uuid, f"{lab.title} ({lab.code})") for lab in Lab.objects.order_by("title", "pk")]


def lab_card(lab_uuid: uuid.UUID, user: Any, language: str) -> LabCard | None:
    """Return the card of a lab for this reader: with state and action where a run of theirs has it."""
    lab = Lab.objects.filter(uuid=lab_uuid).first()
    if lab is None:
        return None
    title = lab.title_en if language == "en" and lab.title_en else lab.title
    summary = lab.summary_en if language == "en" and lab.summary_en else lab.summary
    found = access_assignments_for(user).filter(lab=lab) if user is not None and user.is_authenticated else None
    states = states_for(user, found.filter(withdrawn_at=None), timezone.now()) if found is not None else []
    if not states and found is not None and found.exists():
        return LabCard(title=title, summary=summary, reason=_("This lab was withdrawn from your run."))
    if not states:
        return LabCard(title=title, summary=summary, reason=_("Enroll in a run of this course to do the lab."))
    state = next((each for each in states if each.is_open), states[-1])
    return _card(state, title, summary)


def _card(state: AssignmentState, title: str, summary: str) -> LabCard:
    assignment = state.assignment
    data = assignment.release.data.select_related("version__dataset").order_by("pk").first()
    tag = standing_tag(state)
    score = ""
    if state.counted is not None:
        score = f"{as_points(state.counted.score)} / {as_points(state.counted.max_score)}"
    return LabCard(
        title=title,
        summary=summary,
        url="" if state.is_not_open else lab_path(assignment.uuid),
        action=_("Go to the lab"),
        due_at=state.ruling.due_at,
        attempts=state.attempts_label,
        dataset=data.version.dataset.title if data else "",
        state=tag.state,
        state_label=tag.label,
        score=score,
        status_url=lab_path(assignment.uuid) if state.attempts_used else "",
        reason=_("The lab has not opened yet.") if state.is_not_open else "",
    )
