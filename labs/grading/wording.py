"""States and verdicts in the reader's language, each with the sign of its tag."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from labs.grader.protocol import Verdict

from .counting import CountedResult
from .models import VERDICTS
from .standings import AssignmentState, SubmissionStanding

SIGNS: dict[str, str] = {
    Verdict.PASSED: "success",
    Verdict.PARTIAL: "warning",
    Verdict.MANUAL: "info",
    Verdict.NOT_CHECKABLE: "info",
}
"""Signs of tags; whatever is not here is bad news."""


@dataclass(frozen=True)
class Tag:
    """A short state: `state` is the tag's sign (info progress success warning danger)."""

    state: str
    label: str


def submission_tag(standing: SubmissionStanding) -> Tag:
    """Return where a submission stands."""
    if standing.is_graded:
        return Tag("success", _("Passed")) if standing.passed else Tag("danger", _("Not passed"))
    if standing.needs_manual:
        return Tag("progress", _("Waiting for the instructor's marks"))
    if standing.is_replaced:
        return Tag("info", _("Replaced by a newer Check"))
    if standing.is_failed:
        return Tag("warning", _("Not graded; staff are looking into it"))
    return Tag("progress", _("Being graded"))


def standing_tag(state: AssignmentState) -> Tag:
    """Return where an assignment stands for its trainee."""
    if state.has_passed:
        return Tag("success", _("Passed"))
    if state.reaches_pass and state.latest is not None and not state.latest.is_waiting:
        return Tag("success", _("Passed so far, marks to come"))
    if state.assignment.withdrawn_at is not None and state.latest is None:
        return Tag("warning", pgettext("lab", "Withdrawn"))
    if state.latest is not None:
        return submission_tag(state.latest)
    if state.is_not_open:
        return Tag("info", _("Not open yet"))
    if state.state == "frozen":
        return Tag("warning", _("At rest"))
    if state.is_closed:
        return Tag("warning", _("Closed for submission"))
    if state.state == "late":
        return Tag("warning", _("Late submission possible"))
    return Tag("info", _("Open for submission"))


def verdict_label(verdict: str) -> str:
    """Return what happened to a question."""
    return str(dict(VERDICTS).get(verdict, verdict))


def tag_of(verdict: str) -> Tag:
    """Return what happened to a question, with its sign."""
    return Tag(SIGNS.get(verdict, "danger"), verdict_label(verdict))


def verdict_tag(counted: CountedResult) -> Tag:
    """Return what happened to a question, points by a person named as such."""
    return Tag(tag_of(counted.verdict).state, verdict_label(counted.said))


def look_of(verdict: str) -> str:
    """Return how a result is drawn: as the good, the half good, the person's, or else as one that failed."""
    return verdict if verdict in (Verdict.PASSED, Verdict.PARTIAL, Verdict.MANUAL) else Verdict.FAILED


def check_tag(standing: SubmissionStanding) -> Tag:
    """Return where a Check stands, which gives no grade."""
    if standing.is_waiting:
        return Tag("progress", _("Checking") if standing.status == "running" else _("Waiting to be checked"))
    return Tag("success", _("Checked, no grade")) if standing.is_graded else submission_tag(standing)


def check_line(standing: SubmissionStanding) -> str:
    """Return what a Check's trainee wants to know of it."""
    if standing.is_replaced:
        return _("You checked again while it still waited, so only the newer Check runs. Your notebook is unchanged.")
    if standing.is_waiting:
        return waiting_line(standing)
    return _("The results are shown in the lab.") if standing.is_graded else ""


def waiting_line(standing: SubmissionStanding) -> str:
    """Return how long it may still take."""
    if standing.status == "running":
        return _("Being graded now.")
    return _("Being graded: place %(place)s in the queue, about %(seconds)s s.") % {
        "place": standing.place,
        "seconds": standing.eta_s,
    }


def flag_label(flag: str) -> str:
    """Return what the engine noticed about a notebook."""
    kind, _colon, name = flag.partition(":")
    sentences = {
        "test_cell_edited": _("The test cell %(name)s was changed or deleted; the release's own was run."),
        "locked_cell_edited": _("The locked cell %(name)s was changed or deleted; the release's own was run."),
        "unknown_cell": _("The graded cell %(name)s does not belong to this lab and was left out."),
        "in_kernel": _("The test %(name)s ran in the trainee's own process, as the author allows."),
    }
    return sentences[kind] % {"name": name} if kind in sentences else flag
