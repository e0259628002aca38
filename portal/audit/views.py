"""The auditor's pages."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from .actions import ask_for_check, note_export
from .anchors import newest_seal, own_anchors
from .details import Detail, told
from .forms import EventFilterForm
from .models import AuditEvent
from .queries import EventFilter, access_anchors_for, access_checks_for, access_events_for, event_codes
from .sentences import (
    NOTHING,
    Concerned,
    actor_name,
    concerned,
    event_label,
    kind_name,
    plain_sentence,
    sentence,
    target_name,
)
from .spreadsheet import safe_cell, table_workbook

PAGE_SIZE = 50
CHUNK = 1000
ANCHORS_SHOWN = 31
LARGEST_WORKBOOK = 10_000
"""Events in one workbook: it is made in memory while its reader waits; CSV comes line by line and has no end."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (20, 14, 60, 26, 30, 18, 60, 40)


def _filtered(request: HttpRequest) -> tuple[EventFilterForm, EventFilter, QuerySet[AuditEvent]]:
    events = access_events_for(request.user, timezone.localdate())
    form = EventFilterForm(request.GET, codes=event_codes(events))
    chosen = form.chosen()
    return form, chosen, chosen.apply(events)


@login_required
@require_GET
@never_cache
def event_list(request: HttpRequest) -> HttpResponse:
    """Events that fit the filter, newest first, each as a sentence."""
    form, chosen, events = _filtered(request)
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    today = timezone.localdate()
    about, details = concerned(shown, request.user, today), told(shown, request.user, today)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page_obj": page,
        "rows": [_row(event, about.get(event.pk, NOTHING), details[event.pk]) for event in shown],
        "query": query.urlencode(),
        "is_narrowed": bool(chosen.told()),
        "fits_workbook": page.paginator.count <= LARGEST_WORKBOOK,
        "largest_workbook": LARGEST_WORKBOOK,
    }
    return render(request, "audit/event_list.html", context)


def _row(event: AuditEvent, about: Concerned, details: list[Detail]) -> dict[str, Any]:
    """An event as its line shows it."""
    return {
        "event": event,
        "sentence": sentence(event, about, _parts(details)),
        "about": about,
        "name": target_name(event, about),
        "details": details,
    }


def _parts(details: list[Detail]) -> dict[str, Concerned]:
    return {detail.key: Concerned(detail.text, detail.address) for detail in details}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def chain(request: HttpRequest) -> HttpResponse:
    """Whether the chain holds, by the last verification; the button asks the worker for another."""
    user, now = request.user, timezone.now()
    on = timezone.localdate(now)
    checks = access_checks_for(user, on)
    if request.method == "POST":
        assert user.is_authenticated  # login_required
        ask_for_check(by=user, at=now)
        return HttpResponseRedirect(reverse("audit:chain"))
    latest = list(checks[:5])
    anchors = access_anchors_for(user, on)
    context = {
        "check": latest[0] if latest else None,
        "earlier": latest[1:],
        "newest": newest_seal(),
        "anchors": list(anchors[:ANCHORS_SHOWN]),
    }
    return render(request, "audit/chain.html", context)


@login_required
@require_GET
@never_cache
def anchors_file(request: HttpRequest) -> HttpResponse:
    """The signed seals as a file to keep elsewhere; `verify_audit --anchors` reads it."""
    on = timezone.localdate()
    access_anchors_for(request.user, on)
    text = "".join(f"{anchor.as_line()}\n" for anchor in own_anchors())
    name = content_disposition_header(as_attachment=True, filename=f"audit-anchors-{on:%Y-%m-%d}.jsonl") or ""
    return HttpResponse(text, content_type="application/jsonl; charset=utf-8", headers={"Content-Disposition": name})


class _Echo:
    """A file that hands every line on."""

    def write(self, line: str) -> str:
        return line


@login_required
@require_GET
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same events as CSV or as a workbook, in which no cell is a formula; it is noted who takes them."""
    _form, chosen, events = _filtered(request)
    found, now = events.order_by().aggregate(count=Count("pk"), last=Max("pk")), timezone.now()
    count = found["count"]
    if form == "xlsx" and count > LARGEST_WORKBOOK:
        return HttpResponseRedirect(f"{reverse('audit:events')}?{request.GET.urlencode()}")
    assert request.user.is_authenticated  # login_required
    events = events.filter(pk__lte=found["last"] or 0)  # without the event that tells of this export
    note_export(rows=count, form=form, narrowed=chosen.told(), by=request.user, at=now)
    name = _("Audit") + f" {timezone.localdate(now):%Y-%m-%d}.{form}"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response: HttpResponseBase
    if form == "xlsx":
        book = table_workbook(_headings(), _rows(events, request.user), widths=WIDTHS, title=_("Audit"))
        response = HttpResponse(book, content_type=XLSX)
    else:
        response = StreamingHttpResponse(_lines(events, request.user), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = disposition
    return response


def _lines(events: QuerySet[AuditEvent], user: Any) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(_headings())
    for row in _rows(events, user):
        yield writer.writerow([safe_cell(value) for value in row])


def _rows(events: QuerySet[AuditEvent], user: Any) -> Iterator[list[str]]:
    """Cells of every event; what they concern is asked for a thousand at a time."""
    on = timezone.localdate()
    stream = events.iterator(chunk_size=CHUNK)
    while part := list(islice(stream, CHUNK)):
        about, details = concerned(part, user, on), told(part, user, on, short=False)
        yield from (_cells(event, about.get(event.pk, NOTHING), details[event.pk]) for event in part)


def _headings() -> list[str]:
    who, what = [_("When"), _("Who")], [_("Sentence"), _("What"), _("Concerning")]
    return [*who, *what, _("Kind"), _("Details"), _("Seal")]


def _cells(event: AuditEvent, about: Concerned, details: list[Detail]) -> list[str]:
    seal, colon = getattr(event, "seal", None), pgettext("between label and text", ": ")
    return [
        timezone.localtime(event.at).isoformat(sep=" ", timespec="seconds"),
        actor_name(event),
        plain_sentence(event, about, _parts(details)),
        event_label(event.event),
        target_name(event, about) if event.target_kind else "",
        kind_name(event.target_kind),
        "; ".join(f"{detail.name}{colon}{detail.text}" for detail in details),
        f"{seal.seq}:{seal.hash}" if seal else "",
    ]
