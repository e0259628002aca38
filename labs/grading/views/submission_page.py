"""What the page of one submission shows: gathered here, so that views that refuse a form show the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from courses.catalog.queries import access_runs_for
from labs.assignments.storing import read_stored
from labs.grader.protocol import Verdict
from labs.grading.actions.locks import hold_submission
from labs.grading.answers import answer_in
from labs.grading.counting import CountedResult
from labs.grading.forms.desk import FeedbackForm, QueueFilter, RubricMarkForm
from labs.grading.models import (
    Appeal,
    Feedback,
    GradingRun,
    ManualMark,
    MarkDraft,
    MarkRubric,
    Rubric,
    StockComment,
    Submission,
)
from labs.grading.permissions import is_own_work
from labs.grading.queries import counted_results, standing
from labs.grading.queries.feedback import feedback_of
from labs.grading.queries.library import comments_of
from labs.grading.queries.locks import Hold, hold_of
from labs.grading.queries.rubrics import criteria_of, current_rubrics
from labs.grading.queries.waiting import Asked, neighbors, waiting_for
from labs.grading.standings import as_points
from labs.grading.wording import flag_label, submission_tag, verdict_label, verdict_tag
from portal.chains import current_at

from .desk import asked_in, query_of
from .paper import paper_address
from .reach import reader_of


@dataclass
class QuestionItem:
    """A question on the page: its result, and what an instructor can do about it."""

    counted: CountedResult
    label: str
    form: Any = None
    answer: str = ""
    rubric: Rubric | None = None
    history: list[ManualMark] = field(default_factory=list)
    draft: MarkDraft | None = None
    feedback: Feedback | None = None
    feedback_form: Any = None

    @property
    def question(self) -> Any:
        """The question."""
        return self.counted.result.question

    @property
    def is_manual(self) -> bool:
        """Whether a person gives its points."""
        return self.counted.result.verdict == Verdict.MANUAL

    @property
    def tag(self) -> str:
        """The sign of its state."""
        return "progress" if self.counted.verdict == Verdict.MANUAL else verdict_tag(self.counted).state


def submission_page(
    request: HttpRequest, found: Submission, question_id: int | None = None, form: forms.Form | None = None
) -> HttpResponse:
    """Show the page of a submission; with `form`, the one that was refused."""
    user, now = reader_of(request), timezone.now()
    is_own = is_own_work(user, found)
    hold = hold_of(found, user, now) if is_own else hold_submission(submission=found, by=user, at=now)
    asked = _asked(request)
    before, after = neighbors(waiting_for(user, timezone.localdate(), asked), found)
    stock = [] if is_own else list(comments_of(found.assignment.run.course))
    items = _items(request, found, stock, question_id, form)
    state, run = standing(found), _counted_run(found)
    context = {
        "submission": found,
        "course": found.assignment.run.course,
        "standing": state,
        "tag": submission_tag(state),
        "items": items,
        "manual": [item for item in items if item.is_manual],
        "stock": [{"shortcut": one.shortcut, "text": one.text, "uuid": str(one.uuid)} for one in stock],
        "is_own": is_own,
        "hold": hold,
        "may_mark": _may_mark(is_own, hold),
        "before": before,
        "after": after,
        "query": query_of(asked),
        "flags": [flag_label(flag) for flag in run.flags] if run else [],
        "flags_seen": getattr(run, "flag_review", None),
        "error": _newest_error(found) if state.is_failed else "",
        "adjustments": list(found.adjustments.filter(decision__isnull=True).select_related("question", "proposed_by")),
        "appeals": list(Appeal.objects.filter(submission=found).select_related("question", "answer").order_by("pk")),
        "paper_url": paper_address(request, found),
    }
    return render(request, "grading/submission.html", context, status=400 if form is not None else 200)


def back_to(request: HttpRequest, found: Submission) -> str:
    """Return the page of the submission within the same queue."""
    query = query_of(_asked(request))
    return reverse("grading:submission", args=[found.uuid]) + (f"?{query}" if query else "")


def _asked(request: HttpRequest) -> Asked:
    runs = access_runs_for(reader_of(request), timezone.localdate())
    lab = request.GET.get("lab", "")
    return asked_in(QueueFilter(request.GET, runs, [(lab, lab)] if lab else []))


def _may_mark(is_own: bool, hold: Hold) -> bool:
    return hold.is_mine and not is_own


def _counted_run(found: Submission) -> GradingRun | None:
    """Return the run that the current grade rests on."""
    runs = GradingRun.objects.filter(current_at("grades"), grades__submission=found)
    return runs.select_related("flag_review__seen_by").first()


def _newest_error(found: Submission) -> str:
    return GradingRun.objects.filter(submission=found).order_by("-pk").values_list("error", flat=True).first() or ""


def _items(
    request: HttpRequest,
    found: Submission,
    stock: Sequence[StockComment],
    question_id: int | None,
    form: forms.Form | None,
) -> list[QuestionItem]:
    results, words = counted_results(found), feedback_of(found)
    manual = [each for each in results if each.result.verdict == Verdict.MANUAL]
    content = read_stored("submissions", found.path) if manual else b""
    rubrics = current_rubrics([each.result.question for each in manual])
    drafts = {draft.question_id: draft for draft in MarkDraft.objects.filter(submission=found, by=reader_of(request))}
    chosen = {one.mark_id: one for one in MarkRubric.objects.filter(current_at("mark"), mark__submission=found)}
    history = list(ManualMark.objects.filter(submission=found).select_related("marked_by", "question").order_by("-pk"))
    items = []
    for each in results:
        question = each.result.question
        item = QuestionItem(each, verdict_label(each.said))
        item.feedback = words.get(question.grade_id)
        refused = form if question.pk == question_id else None
        if item.is_manual:
            item.answer = answer_in(content, question.grade_id)
            item.rubric, item.draft = rubrics.get(question.grade_id), drafts.get(question.pk)
            item.history = [mark for mark in history if mark.question.grade_id == question.grade_id]
            item.form = refused or _mark_form(item, chosen, stock)
        else:
            initial = {"text": item.feedback.text if item.feedback else ""}
            item.feedback_form = refused or FeedbackForm(initial=initial, prefix=f"f{question.pk}")
        items.append(item)
    return items


def _holds_words(draft: MarkDraft) -> bool:
    """Return whether anything was typed: a page that was merely left keeps an empty draft, which must hide no mark."""
    return bool(draft.score or draft.comment or any(level not in (None, "") for level in draft.levels))


def _mark_form(item: QuestionItem, chosen: dict[int, MarkRubric], stock: Sequence[StockComment]) -> RubricMarkForm:
    """Return the form as the draft has it, else the mark that holds."""
    mark = item.counted.mark
    initial: dict[str, Any] = {"score": as_points(mark.score), "comment": mark.comment} if mark else {}
    levels: Sequence[Any] = []
    if item.draft is not None and _holds_words(item.draft):
        initial, levels = {"score": item.draft.score, "comment": item.draft.comment}, item.draft.levels
    elif mark is not None and item.rubric is not None:
        by_rubric = chosen.get(mark.pk)
        levels = by_rubric.levels if by_rubric is not None and by_rubric.rubric_id == item.rubric.pk else []
    initial |= {f"level{number}": str(level) for number, level in enumerate(levels) if level not in (None, "")}
    criteria = criteria_of(item.rubric) if item.rubric else ()
    return RubricMarkForm(initial=initial, prefix=str(item.question.pk), criteria=criteria, stock=stock)
