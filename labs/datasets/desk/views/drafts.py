"""A draft: its recipe, the preview, the build, and the two people's decisions."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from labs.datasets.actions import change_draft, release_draft, return_draft, start_build
from labs.datasets.deidentification.yaml_text import read_yaml
from labs.datasets.desk.columns import ColumnRow, document_from, person_initial, rows_of
from labs.datasets.desk.forms import DraftForm, ReasonForm
from labs.datasets.desk.preview import Preview, preview_of
from labs.datasets.desk.reviewing import hide_values
from labs.datasets.desk.rules import without_values
from labs.datasets.desk.suggesting import suggested
from labs.datasets.desk.views.answering import act, refuse_unless, revision_in
from labs.datasets.models import Draft, DraftState
from labs.datasets.permissions import DESK, LOOKING, STEWARD, can, can_approve, can_steward
from labs.datasets.queries import access_drafts_for, finished_build, has_written, latest_build, populations_for
from labs.datasets.refusals import DeskRefused
from portal.users.asking import ask_first
from portal.users.permissions import role_required, signed_in

LARGEST_RECIPE = 1 << 20
DONE = {
    "build": gettext_lazy("The build has begun."),
    "suggest": gettext_lazy("The suggestion is taken over. Look at each column, then build."),
}


def _draft(request: HttpRequest, draft_uuid: uuid.UUID) -> Draft:
    return get_object_or_404(access_drafts_for(signed_in(request), timezone.localdate()), uuid=draft_uuid)


@role_required(*LOOKING)
@require_safe
def draft(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Show the draft with everything that can be done with it now."""
    return _page(request, _draft(request, draft_uuid))


def _page(
    request: HttpRequest,
    shown: Draft,
    *,
    form: DraftForm | None = None,
    rows: list[ColumnRow] | None = None,
    problem: str = "",
) -> HttpResponse:
    """Show the draft's page; with what was posted and what is wrong with it where that could not be saved."""
    user, today = signed_in(request), timezone.localdate()
    build = latest_build(shown)
    if build is not None and not can(user, shown.dataset, DESK, today):
        hide_values(build)
    report = shown.reports.select_related("prepared_by", "approved_by").order_by("-pk").first()
    context = {
        "draft": shown,
        "accepted": shown.accepted_findings.select_related("by").order_by("pk"),
        "persons_asked": build is not None and any(stop["check"] == "persons_unsaid" for stop in build.stops),
        "is_reviewable": finished_build(shown) is not None,
        "rows": rows if rows is not None else [] if shown.is_without_persons else rows_of(shown),
        "form": form or DraftForm(initial=_initial(shown), populations=populations_for(user, today, shown)),
        "problem": problem,
        "build": build,
        "is_stale": build is not None and shown.is_editable and shown.revision != build.draft_revision,
        "report": report if build is not None and report is not None and report.build_id == build.pk else None,
        "events": shown.events.select_related("by").order_by("-pk"),
        "is_steward": can_steward(user, shown.dataset, today),
        "is_officer": can_approve(user, shown.dataset, today),
        "is_second": report is not None and report.prepared_by_id != user.pk and not has_written(shown, user),
        "reason_form": ReasonForm(),
        "can_return": shown.state in (DraftState.ASSESSED, DraftState.APPROVED),
    }
    return render(request, "datasets/desk/draft.html", context, status=200 if form is None else 400)


@role_required(*STEWARD)
@require_POST
def save(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Save the draft, and then build or preview it when that was asked for."""
    shown = _draft(request, draft_uuid)
    user, now = signed_in(request), timezone.now()
    form = DraftForm(request.POST, populations=populations_for(user, timezone.localdate(now), shown))
    rows = [] if shown.is_without_persons and "k" not in request.POST else rows_of(shown, request.POST)
    if not all([form.is_valid(), *(row.form.is_valid() for row in rows)]):
        return _page(
            request, shown, form=form, rows=rows, problem=_("Nothing is saved. What is wrong stands at its field.")
        )
    fields: dict[str, Any] = {name: form.cleaned_data[name] for name in DraftForm.WORDS}
    then = request.POST.get("then")
    try:
        if rows:
            fields["document"] = document_from(shown, request.POST, rows, form.cleaned_data)
            if then == "suggest":
                fields["document"] = suggested(shown, fields["document"])
        if "population" in request.POST:
            fields["population"] = form.cleaned_data["population"]
        shown = change_draft(draft=shown, revision=revision_in(request), by=user, at=now, **fields)
        if then == "build":
            start_build(draft=shown, revision=shown.revision, by=user, at=now)
    except DeskRefused as refused:
        messages.error(request, str(refused))
        return redirect("datasets:draft", draft_uuid=draft_uuid)
    if then == "preview":
        return redirect("datasets:draft_preview", draft_uuid=draft_uuid)
    messages.success(request, DONE.get(str(then), _("Saved.")))
    return redirect("datasets:draft", draft_uuid=draft_uuid)


@role_required(*DESK)
@require_safe
def preview(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Show the effect of the saved recipe on the first rows."""
    shown = _draft(request, draft_uuid)
    context: dict[str, Any] = {"draft": shown}
    try:
        context["preview"] = preview_of(shown)
    except DeskRefused as refused:
        context["problem"] = str(refused)
    return render(request, "datasets/desk/preview.html", context)


@role_required(*STEWARD)
@require_POST
def live(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Show the effect of what stands in the form, which is not saved: a part of the draft's page."""
    user, today = signed_in(request), timezone.localdate()
    shown = _draft(request, draft_uuid)
    refuse_unless(can_steward(user, shown.dataset, today))
    context: dict[str, Any] = {}
    try:
        context["preview"] = _tried(request, shown)
    except DeskRefused as refused:
        context["problem"] = str(refused)
    return render(request, "datasets/desk/_live.html", context)


def _tried(request: HttpRequest, shown: Draft) -> Preview:
    """Return the draft with what was posted, which is not saved. Raises DeskRefused."""
    form = DraftForm(request.POST, populations=populations_for(signed_in(request), timezone.localdate(), shown))
    if not form.is_valid():
        name, problems = next(iter(form.errors.items()))
        raise DeskRefused("unusable", problem=f"{form.fields[name].label}: {' '.join(map(str, problems))}")
    shown.release_class, shown.population = form.cleaned_data["release_class"], form.cleaned_data["population"]
    shown.document = document_from(shown, request.POST, rows_of(shown, request.POST), form.cleaned_data)
    return preview_of(shown)


@role_required(*LOOKING)
@require_safe
def recipe_file(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Show the recipe as a JSON file."""
    shown = _draft(request, draft_uuid)
    document = shown.document
    if not can(signed_in(request), shown.dataset, DESK, timezone.localdate()):
        document = without_values(document)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{shown.dataset.code}-{shown.number}.recipe.json"'
    return response


@role_required(*STEWARD)
@require_POST
def upload_recipe(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Take the recipe from a JSON or YAML file."""
    shown = _draft(request, draft_uuid)
    file = request.FILES.get("recipe")

    def action(by: Any) -> None:
        if file is None or (file.size or 0) > LARGEST_RECIPE:
            raise DeskRefused("recipe_wrong", problem=_("Choose a recipe file of at most 1 MB."))
        try:
            text = file.read().decode("utf-8-sig")
            document = read_yaml(text) if str(file.name).lower().endswith((".yaml", ".yml")) else json.loads(text)
        except (ValueError, RecursionError) as error:
            problem = _("The file is neither JSON nor YAML in UTF-8: %(reason)s")
            raise DeskRefused("recipe_wrong", problem=problem % {"reason": error}) from error
        if not isinstance(document, dict) or not isinstance(document.get("columns"), dict):
            raise DeskRefused("recipe_wrong", problem=_("A recipe is an object with “k” and “columns”."))
        change_draft(draft=shown, revision=revision_in(request), by=by, at=timezone.now(), document=document)

    return act(request, action, done=_("The recipe is taken over."), to="datasets:draft", draft_uuid=draft_uuid)


@role_required(*DESK)
@require_POST
def give_back(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Make the draft a draft again."""
    shown, reason = _draft(request, draft_uuid), request.POST.get("reason", "")
    return act(
        request,
        lambda by: return_draft(
            draft=shown, revision=revision_in(request), reason=reason[:1000], by=by, at=timezone.now()
        ),
        done=_("The draft is returned."),
        to="datasets:draft",
        draft_uuid=draft_uuid,
    )


@role_required(*DESK)
@require_POST
def release(request: HttpRequest, draft_uuid: uuid.UUID) -> HttpResponse:
    """Make the approved draft a version."""
    shown = _draft(request, draft_uuid)
    question = ask_first(
        request,
        title=_("Release the version?"),
        text=_("Its files never change again, and whoever is granted it may read them. Its end is a withdrawal."),
        button=_("Release the version"),
    )
    if question is not None:
        return question
    return act(
        request,
        lambda by: release_draft(draft=shown, revision=revision_in(request), by=by, at=timezone.now()),
        done=_("The version is released. Grant it to those who may use it."),
        to="datasets:draft",
        draft_uuid=draft_uuid,
    )


def _initial(shown: Draft) -> dict[str, Any]:
    document = shown.document
    return {
        **{name: getattr(shown, name) for name in DraftForm.WORDS},
        "k": document.get("k", 5),
        "suppression_max": round(100 * document.get("suppression_max", 0.05), 4),
        "recoding": document.get("recoding", "global"),
        "diversity": _same((document.get("l") or {}).values()),
        "closeness": _same((document.get("t") or {}).values()),
        **person_initial(document.get("person")),
        **{name: document.get(name) for name in ("k_map", "delta_presence", "population_count")},
        "population": shown.population and shown.population.uuid,
    }


def _same(values: Any) -> Any:
    """Return the one value that all columns share; None where they differ, and then the file says it."""
    found = list(values)
    return found[0] if found and all(value == found[0] for value in found) and not isinstance(found[0], dict) else None
