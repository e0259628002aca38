"""The hierarchy of one column of a draft: drawn in the page or taken from a CSV in ARX's format."""

from __future__ import annotations

import uuid
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from labs.datasets.actions import change_draft
from labs.datasets.deidentification.recipe import TREATMENTS
from labs.datasets.desk.drawing import LEVELS, Drawing, Rows, checked, drawing_of, drawn, read_arx, values_of
from labs.datasets.desk.views.answering import refuse_unless, revision_in
from labs.datasets.models import Draft
from labs.datasets.permissions import STEWARD, can_steward
from labs.datasets.queries import access_drafts_for
from labs.datasets.refusals import DeskRefused
from portal.users.permissions import role_required, signed_in

LARGEST_CSV = 4 << 20


@role_required(*STEWARD)
@require_http_methods(["GET", "HEAD", "POST"])
def hierarchy(request: HttpRequest, draft_uuid: uuid.UUID, place: int) -> HttpResponse:
    """Draw, upload or remove the hierarchy of the column at `place`; a problem leaves what was typed on the page."""
    user, today = signed_in(request), timezone.localdate()
    shown = get_object_or_404(access_drafts_for(user, today), uuid=draft_uuid)
    refuse_unless(can_steward(user, shown.dataset, today))
    if place >= len(shown.batch.columns):
        raise Http404
    column = shown.batch.columns[place]["name"]
    context: dict[str, Any] = {"draft": shown, "column": column, "place": place, "levels": range(1, LEVELS + 1)}
    try:
        if request.method == "POST":
            typed = None
            if request.POST.get("then") == "remove":
                rows: Rows | None = None
            elif "hierarchy" in request.FILES:
                rows = checked(column, _uploaded(request), values_of(shown, column))
            else:
                values = values_of(shown, column)
                rows = typed = drawn(request.POST, values)
                context["drawing"] = Drawing(column, [_padded(row) for row in typed], has_more=False)
                checked(column, rows, values)
            _keep(shown, column, rows, request)
            messages.success(request, _("Saved."))
            return redirect("datasets:draft", draft_uuid=draft_uuid)
        context["drawing"] = drawing_of(shown, column)
    except DeskRefused as refused:
        context["problem"] = str(refused)
        if request.method == "POST" and "drawing" not in context:
            context["drawing"] = drawing_of(shown, column)
    return render(request, "datasets/desk/hierarchy.html", context, status=400 if request.method == "POST" else 200)


def _uploaded(request: HttpRequest) -> Rows:
    file = request.FILES.get("hierarchy")
    if file is None or (file.size or 0) > LARGEST_CSV:
        raise DeskRefused("recipe_wrong", problem=_("Choose a CSV file of at most 4 MB."))
    return read_arx(file.read())


def _padded(row: list[str]) -> list[str]:
    """Return a drawn row as boxes: without the level above everything, and blank where nothing changes."""
    cells = row[:-1]
    boxes = [cell if cell != below else "" for below, cell in pairwise(cells)]
    return [cells[0], *boxes, *([""] * (LEVELS - len(boxes)))]


def _keep(draft: Draft, column: str, rows: Rows | None, request: HttpRequest) -> None:
    """Write the hierarchy into the recipe; a column that had no role to generalize becomes a quasi-identifier."""
    columns = dict(draft.document.get("columns", {}))
    rule = {key: value for key, value in columns.get(column, {}).items() if key != "hierarchy"}
    if rows is not None:
        if "generalize" not in TREATMENTS.get(rule.get("role", ""), ()):
            rule = {"role": "quasi"}
        rule |= {"treatment": "generalize", "hierarchy": {"inline": rows}}
    if rule:
        columns[column] = rule
    document = {"k": 5, **draft.document, "columns": columns}
    change_draft(
        draft=draft, revision=revision_in(request), by=signed_in(request), at=timezone.now(), document=document
    )
