"""All that waits for an instructor, over all courses."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses.catalog.queries import access_runs_for
from labs.assignments.permissions import TEACHING_ROLES
from labs.assignments.queries import access_taught_assignments_for
from labs.grading.forms.desk import QueueFilter
from labs.grading.models import Submission
from labs.grading.queries.locks import holders_of
from labs.grading.queries.waiting import Asked, counts_for, open_proposals, waiting_for
from labs.grading.wording import Tag
from portal.users.permissions import role_required

from .reach import reader_of

PAGE_SIZE = 50


@dataclass(frozen=True)
class WaitingLine:
    """A row of the queue: why it waits, and who else has it open."""

    submission: Submission
    reasons: tuple[Tag, ...]
    holder: str


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Everything that waits for a person in the runs that the reader teaches, longest first."""
    user, on = reader_of(request), timezone.localdate()
    labs = access_taught_assignments_for(user, on).order_by("lab__title").values_list("lab__code", "lab__title")
    form = QueueFilter(request.GET, access_runs_for(user, on), list(dict.fromkeys(labs)))
    asked = asked_in(form)
    rows = waiting_for(user, on, asked).select_related("user", "assignment__lab", "assignment__run")
    counts = counts_for(user, on, asked)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    holders = holders_of(shown, user, timezone.now())
    context = {
        "form": form,
        "page_obj": page,
        "lines": [WaitingLine(each, reasons_of(each), holders.get(each.pk, "")) for each in shown],
        "kinds": kind_links(form, counts, asked),
        "query": query_of(asked),
        "proposals": open_proposals(user, on),
        "is_narrowed": any((asked.run, asked.lab, asked.kind)),
    }
    return render(request, "grading/desk.html", context)


def asked_in(form: QueueFilter) -> Asked:
    """Return what the filter says; a wrong value narrows nothing."""
    form.is_valid()
    given = form.cleaned_data
    return Asked(given.get("run", ""), given.get("lab", ""), given.get("kind", ""), bool(given.get("older")))


def query_of(asked: Asked, **changes: str) -> str:
    """Return the same question as the tail of an address."""
    words = {"kind": asked.kind, "run": asked.run, "lab": asked.lab, "older": "on" if asked.with_older else ""}
    return urlencode({name: value for name, value in (words | changes).items() if value})


def kind_links(form: QueueFilter, counts: object, asked: Asked) -> list[dict[str, object]]:
    """Return a tab for each reason, with its number."""
    numbers = counts if isinstance(counts, dict) else {}
    return [
        {
            "label": label,
            "number": numbers.get(code),
            "query": query_of(asked, kind=code),
            "is_current": asked.kind == code,
        }
        for code, label in form.fields["kind"].choices  # type: ignore[attr-defined]  # a ChoiceField
    ]


def reasons_of(submission: Submission) -> tuple[Tag, ...]:
    """Return why a submission of the queue waits, in words."""
    known = (
        ("has_appeal", Tag("danger", _("Appeal"))),
        ("is_failed", Tag("warning", _("Could not be graded"))),
        ("needs_mark", Tag("progress", _("Waiting for marks"))),
        ("is_flagged", Tag("warning", _("Flagged"))),
    )
    return tuple(tag for name, tag in known if getattr(submission, name, False))
