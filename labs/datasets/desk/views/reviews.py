"""The room of whoever signs: findings with rows before and after, the game, and the signature with its ticks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from labs.datasets.actions import (
    accept_finding,
    approve_draft,
    approve_renewal,
    note_originals_shown,
    note_release_tried,
)
from labs.datasets.deidentification.recipe import Recipe, parse_recipe
from labs.datasets.desk.forms import ApproveForm
from labs.datasets.desk.guessing import Guess, guesses, play
from labs.datasets.desk.reviewing import Review, release_path, review_of, scan
from labs.datasets.desk.views.answering import act, revision_in
from labs.datasets.models import Build, Draft, DraftState, RiskReport
from labs.datasets.permissions import DESK, OFFICER, can_approve
from labs.datasets.queries import access_drafts_for, access_reports_for, finished_build, has_written
from labs.datasets.questions import questions_of
from labs.datasets.refusals import DeskRefused
from portal.users.models import User
from portal.users.permissions import role_required, signed_in

VALID_DAYS = 365


@role_required(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Show the room; what is posted to it is tried on the release and forgotten."""
    user = signed_in(request)
    shown = _draft(request, draft_uuid)
    build = _build(shown)
    if request.method != "POST":
        return _room(request, shown, build)
    tried = _tried(shown, build, request)
    release = release_path(shown, build)
    if release is None or not tried:
        raise Http404
    if not any(guess.has_problem for guess in tried):
        sample = review_of(shown, build, with_originals=False)
        found, known = play(_recipe(build, release), tried, scan(release), sample.persons)
        note_release_tried(build=build, columns=known, found=found, by=user, at=timezone.now())
    return _room(request, shown, build, tried=tried)


@role_required(*OFFICER)
@require_POST
def approve(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Sign the report as the second person; what is not ticked is said at its place, and nothing is signed."""
    shown = _draft(request, draft_uuid)
    build = _build(shown)
    form = ApproveForm(request.POST, questions=questions_of(build.findings))
    if shown.state == DraftState.ASSESSED and not form.is_valid():
        return _room(request, shown, build, form=form)

    def action(by: User) -> None:
        given = _given(form)
        approve_draft(draft=shown, revision=revision_in(request), by=by, at=timezone.now(), **given)

    return act(request, action, done=_("The report is approved."), to="datasets:draft", draft_uuid=draft_uuid)


@role_required(*OFFICER)
@require_POST
def sign_renewal(request: HttpRequest, report_uuid: uuid.UUID) -> HttpResponse:
    """Sign the new report of a version, under the same ticks."""
    report = get_object_or_404(access_reports_for(signed_in(request), timezone.localdate()), uuid=report_uuid)
    released = report.draft.version
    if released is None:
        raise Http404
    form = ApproveForm(request.POST, questions=questions_of(report.numbers.get("findings", [])))
    if not report.is_approved and not form.is_valid():
        return _room(request, report.draft, report.build, form=form)
    return act(
        request,
        lambda by: approve_renewal(report=report, by=by, at=timezone.now(), **_given(form)),
        done=_("The report is approved."),
        to="datasets:desk_version",
        version_uuid=released.uuid,
    )


@role_required(*OFFICER)
@require_POST
def accept(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Write down that the officer answers for a finding."""
    shown, posted = _draft(request, draft_uuid), request.POST
    asked = {"check": posted.get("check", ""), "column": posted.get("column", "")}
    try:
        accept_finding(
            draft=shown, **asked, reason=posted.get("reason", "")[:1000], by=signed_in(request), at=timezone.now()
        )
    except DeskRefused as refused:
        return _room(request, shown, _build(shown), refused=asked | {"problem": str(refused)})
    messages.success(request, _("The finding is accepted in your name. It counts from the next build on."))
    return redirect("datasets:draft_review", draft_uuid=draft_uuid)


def _given(form: ApproveForm) -> dict[str, Any]:
    """Return what a form says to the action; one that is not filled in says nothing, and the action refuses."""
    if not form.is_valid():
        raise DeskRefused("valid_until")
    return {name: form.cleaned_data[name] for name in ("valid_until", "note")} | {"answers": form.answers}


def _draft(request: HttpRequest, draft_uuid: uuid.UUID) -> Draft:
    return get_object_or_404(access_drafts_for(signed_in(request), timezone.localdate()), uuid=draft_uuid)


def _build(shown: Draft) -> Build:
    build = finished_build(shown)
    if build is None:
        raise Http404
    return build


def _tried(shown: Draft, build: Build, request: HttpRequest | None) -> list[Guess]:
    """Return the boxes of the game; none where no table is released."""
    release = release_path(shown, build)
    if release is None:
        return []
    return guesses(_recipe(build, release), request.POST if request is not None else None)


def _recipe(build: Build, release: Path) -> Recipe:
    """Return how the release was made; one that is said to tell of nobody has no recipe,
    and every column as it was delivered."""
    document = build.recipe.document
    if not document:
        names = scan(release).collect_schema().names()
        document = {"k": 1, "columns": {name: {"role": "plain"} for name in names}}
    return parse_recipe(document)


def _room(
    request: HttpRequest,
    shown: Draft,
    build: Build,
    *,
    form: ApproveForm | None = None,
    tried: list[Guess] | None = None,
    refused: dict[str, str] | None = None,
) -> HttpResponse:
    user, today = signed_in(request), timezone.localdate()
    found = review_of(shown, build, with_originals=not shown.batch.is_destroyed)
    if found.has_originals and request.method == "GET":
        note_originals_shown(build=build, by=user, at=timezone.now())
    report = RiskReport.objects.filter(draft=shown, build=build, approved_at__isnull=True).order_by("-pk").first()
    writer = has_written(shown, user)
    is_officer = can_approve(user, shown.dataset, today)
    can_sign = is_officer and not writer and report is not None and report.prepared_by_id != user.pk
    waits = shown.state in (DraftState.ASSESSED, DraftState.RELEASED)
    if form is None and can_sign and waits:
        form = _kept(request, build, today=today)
    context = {
        "draft": shown,
        "build": build,
        "report": report,
        "review": found,
        "answered": _answered(found, form, shown, refused or {}),
        "form": form,
        "guesses": _tried(shown, build, None) if tried is None else tried,
        "can_sign": can_sign and waits and not build.stops,
        "can_accept": is_officer and not writer and shown.state in (DraftState.DRAFT, DraftState.ASSESSED),
    }
    is_wrong = bool(refused or (form is not None and form.is_bound and form.errors and tried is None))
    return render(request, "datasets/desk/review.html", context, status=400 if is_wrong else 200)


def _kept(request: HttpRequest, build: Build, *, today: Any) -> ApproveForm:
    """Return a form that does not complain yet; what was ticked and written before the game was played is kept."""
    initial: dict[str, Any] = {"valid_until": today + timedelta(days=VALID_DAYS)}
    questions = questions_of(build.findings)
    if request.method == "POST":
        posted = request.POST
        initial |= {
            name: posted[name] for name in posted if name.partition("-")[0] in ("reason", "valid_until", "note")
        }
        initial |= {f"seen-{one.place}": f"seen-{one.place}" in posted for one in questions}
    return ApproveForm(initial=initial, questions=questions)


def _answered(
    found: Review, form: ApproveForm | None, shown: Draft, refused: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Every question with its rows and, for whoever signs, its tick and its reason."""
    accepted = set(shown.accepted_findings.values_list("check_name", "column"))
    out = []
    for looked in found.looked:
        asked = (looked.question.check, looked.question.column)
        is_refused = asked == (refused.get("check"), refused.get("column"))
        out.append(
            {
                "looked": looked,
                "fields": [] if form is None else form.of(looked.question.place),
                "is_accepted": asked in accepted,
                "problem": refused.get("problem", "") if is_refused else "",
            }
        )
    return out
