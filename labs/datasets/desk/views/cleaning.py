"""Cleaning a delivery: steps added, moved and removed by forms, their effect, and the rows that need a person."""

from __future__ import annotations

import csv
import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from labs.datasets.actions import ask_cleaning, keep_plan, note_export
from labs.datasets.cleaning.plan import FIELDS, Plan
from labs.datasets.cleaning.suggesting import suggested
from labs.datasets.desk.cleaning import (
    Look,
    before_and_after,
    look_at,
    opened_batch,
    plan_of,
    spellings_of,
    steps_of,
    steps_without_effect,
)
from labs.datasets.desk.step_forms import LayoutForm, StepForm
from labs.datasets.desk.step_words import STEPS, wrong_in_words
from labs.datasets.desk.views.answering import refuse_unless
from labs.datasets.models import RawBatch
from labs.datasets.permissions import DESK, STEWARD, can_steward
from labs.datasets.queries import access_batches_for, latest_plan
from labs.datasets.refusals import DeskRefused
from labs.datasets.replaying import PREFIX, report_in_vault, source_of_clean
from portal.users.permissions import role_required, signed_in

SHOWN_BAD = 10
SHOWN_TOP = 12
MOST_SHOWN_BAD = 500
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def _batch(request: HttpRequest, batch_uuid: uuid.UUID) -> RawBatch:
    return get_object_or_404(access_batches_for(signed_in(request), timezone.localdate()), uuid=batch_uuid)


@role_required(*DESK)
@require_safe
def cleaning(request: HttpRequest, batch_uuid: uuid.UUID) -> HttpResponse:
    """Show the plan of the dataset and what it makes of this delivery."""
    return _page(request, _batch(request, batch_uuid))


def _page(
    request: HttpRequest, batch: RawBatch, *, form: StepForm | None = None, layout: LayoutForm | None = None
) -> HttpResponse:
    row = latest_plan(batch.dataset)
    plan, number = plan_of(row), row.number if row else 0
    is_steward = can_steward(signed_in(request), batch.dataset, timezone.localdate())
    made_from = source_of_clean(batch.address)
    can_change = is_steward and not batch.is_destroyed and made_from is None
    context: dict[str, Any] = {
        "batch": batch, "plan": plan, "number": number, "kinds": [(do, *words) for do, words in STEPS.items()],
        "can_change": can_change, "made_from": made_from, "status": 200,
    }  # fmt: skip
    look: Look | None = None
    try:
        look = look_at(batch, plan)
        context |= _seen(look)
    except DeskRefused as refused:
        context |= {"problem": str(refused), "steps": steps_without_effect(plan), "top": _top_of(batch)}
    context["form"] = form or (_form_asked(request, plan, look) if can_change else None)
    context["layout"] = layout or LayoutForm(initial=plan.as_json(), sheets=look.opened.sheets if look else ())
    is_wrong = bool((form and form.errors) or (layout and layout.errors))
    return render(request, "datasets/desk/cleaning.html", context, status=400 if is_wrong else 200)


def _seen(look: Look) -> dict[str, Any]:
    return {
        "look": look, "report": look.report, "steps": steps_of(look), "rows": before_and_after(look),
        "top": look.opened.top[:SHOWN_TOP], "bad": [wrong_in_words(row) for row in look.report["bad"][:SHOWN_BAD]],
    }  # fmt: skip


def _top_of(batch: RawBatch) -> Any:
    """Return the first rows as they stand, for whoever has to say where the table begins."""
    try:
        return opened_batch(batch, Plan()).top[:SHOWN_TOP]
    except DeskRefused:
        return ()


def _form_asked(request: HttpRequest, plan: Plan, look: Look | None) -> StepForm | None:
    """Return the form of the step that the address asks for: `add=<kind>`, or `change=<place>`."""
    columns = look.columns if look else list(plan.columns)
    place = request.GET.get("change", "")
    if place.isascii() and place.isdigit() and int(place) < len(plan.steps):
        step = plan.steps[int(place)]
        form = StepForm(step.do, columns, step=step)
        form.place = place
        return form
    do = request.GET.get("add", "")
    if do not in FIELDS:
        return None
    column = request.GET.get("column", "")
    initial = {"column": column, "values": spellings_of(look, column)} if do == "map" and look and column else {}
    return StepForm(do, columns, initial=initial)


@role_required(*STEWARD)
@require_POST
def change_cleaning(request: HttpRequest, batch_uuid: uuid.UUID) -> HttpResponse:
    """Change the dataset's plan: its layout, or one step."""
    batch = _batch(request, batch_uuid)
    refuse_unless(can_steward(signed_in(request), batch.dataset, timezone.localdate()))
    plan = plan_of(latest_plan(batch.dataset))
    posted, then = request.POST, request.POST.get("then", "")
    try:
        if then == "layout":
            sheet = posted.get("sheet", "")
            layout = LayoutForm(posted, sheets=[sheet] if sheet else [])
            if not layout.is_valid():
                return _page(request, batch, layout=layout)
            plan = replace(plan, **{"sheet": ""} | layout.cleaned_data)
        elif then == "suggest":
            plan = suggested(opened_batch(batch, plan), plan)
        elif then in ("add", "change"):
            form = _posted_step(request, batch, plan)
            if not form.is_valid() or form.step is None:
                return _page(request, batch, form=form)
            steps = list(plan.steps)
            place = _place(request, plan) if then == "change" else len(steps)
            steps[place : place + 1] = [form.step]
            plan = replace(plan, steps=tuple(steps))
        else:
            plan = _moved(plan, _place(request, plan), then)
        _keep(request, batch, plan)
    except DeskRefused as refused:
        messages.error(request, str(refused))
    return redirect("datasets:cleaning", batch_uuid=batch_uuid)


def _posted_step(request: HttpRequest, batch: RawBatch, plan: Plan) -> StepForm:
    do = request.POST.get("do", "")
    if do not in FIELDS:
        raise DeskRefused("plan_wrong", problem=_("Choose a step."))
    try:
        columns = look_at(batch, plan).columns
    except DeskRefused:
        columns = list(plan.columns)
    step = None
    if request.POST.get("then") == "change":
        step = plan.steps[_place(request, plan)]
        do = step.do
    form = StepForm(do, columns, request.POST, step=step)
    form.place = request.POST.get("place", "") if step else ""
    return form


def _place(request: HttpRequest, plan: Plan) -> int:
    place = request.POST.get("place", "")
    if not (place.isascii() and place.isdigit() and int(place) < len(plan.steps)):
        raise DeskRefused("plan_wrong", problem=_("This step is gone. Reload the page."))
    return int(place)


def _moved(plan: Plan, place: int, then: str) -> Plan:
    steps = list(plan.steps)
    step = steps.pop(place)
    if then == "up":
        steps.insert(max(0, place - 1), step)
    elif then == "down":
        steps.insert(place + 1, step)
    elif then != "remove":
        raise DeskRefused("plan_wrong", problem=_("Choose what is to be done with the step."))
    return replace(plan, steps=tuple(steps))


def _keep(request: HttpRequest, batch: RawBatch, plan: Plan, *, is_for_this: bool = False) -> Any:
    """Keep the plan; its headings are those of the first delivery, and of every one to which it is applied."""
    if is_for_this or not plan.columns:
        try:
            plan = replace(plan, columns=tuple(opened_batch(batch, plan).frame.columns))
        except DeskRefused:
            if not is_for_this:
                plan = replace(plan, columns=())
    seen = request.POST.get("number", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    return keep_plan(
        dataset=batch.dataset, document=plan.as_json(), seen=number, by=signed_in(request), at=timezone.now()
    )


@role_required(*STEWARD)
@require_POST
def apply_cleaning(request: HttpRequest, batch_uuid: uuid.UUID) -> HttpResponse:
    """Have the worker clean the whole delivery."""
    batch, user = _batch(request, batch_uuid), signed_in(request)
    refuse_unless(can_steward(user, batch.dataset, timezone.localdate()))
    plan = plan_of(latest_plan(batch.dataset))
    try:
        _refuse_unseen(request, batch, plan)
        kept = _keep(request, batch, plan, is_for_this=True)
        ask_cleaning(batch=batch, plan=kept, by=user, at=timezone.now())
    except DeskRefused as refused:
        messages.error(request, str(refused))
        return redirect("datasets:cleaning", batch_uuid=batch_uuid)
    messages.success(request, _("The delivery is being cleaned. The clean one appears among the deliveries."))
    return redirect("datasets:desk_dataset", code=batch.dataset.code)


def _refuse_unseen(request: HttpRequest, batch: RawBatch, plan: Plan) -> None:
    """Refuse a delivery that differs from the last unless somebody says that the differences were looked at."""
    try:
        is_different = look_at(batch, plan).is_different
    except DeskRefused:
        return  # too large to be looked at: the clean delivery's report shows them
    if is_different and request.POST.get("differences_seen") != "yes":
        raise DeskRefused("differences_unseen")


def _report(batch: RawBatch) -> dict[str, Any]:
    """Return what cleaning left to a person: of a clean delivery as it was made,
    of a raw one as the plan stands now."""
    if batch.address.startswith(PREFIX):
        return report_in_vault(batch) or {"bad": [], "bad_total": 0}
    return look_at(batch, plan_of(latest_plan(batch.dataset))).report


@role_required(*DESK)
def bad_rows(request: HttpRequest, batch_uuid: uuid.UUID) -> HttpResponse:
    """Every row that needs a person: where, what, what to do. Posted: the same as a CSV, which is written down."""
    batch = _batch(request, batch_uuid)
    context: dict[str, Any] = {"batch": batch}
    try:
        report = _report(batch)
    except DeskRefused as refused:
        return render(request, "datasets/desk/bad_rows.html", context | {"problem": str(refused)})
    if request.method == "POST":
        note_export(batch=batch, rows=len(report["bad"]), by=signed_in(request), at=timezone.now())
        return _as_csv(batch, report)
    rows = [wrong_in_words(row) for row in report["bad"][:MOST_SHOWN_BAD]]
    return render(request, "datasets/desk/bad_rows.html", context | {"rows": rows, "total": report["bad_total"]})


def _as_csv(batch: RawBatch, report: dict[str, Any]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"{batch.dataset.code}-{batch.number}-rows.csv"
    response["Content-Disposition"], response["Cache-Control"] = f'attachment; filename="{name}"', "no-store"
    writer = csv.writer(response)
    heads = (pgettext("cleaning", "Row"), _("Column"), pgettext("cleaning", "Value"), _("What is wrong"))
    writer.writerow([*heads, pgettext("cleaning", "What to do")])
    for row in map(wrong_in_words, report["bad"]):
        writer.writerow([row["row"], *(_plain(row[name]) for name in ("column", "value", "problem", "advice"))])
    return response


def _plain(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_MARKS) else text
