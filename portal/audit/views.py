"""The auditor's pages."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .forms import EventFilterForm
from .models import AuditEvent
from .queries import access_events_for, event_codes
from .sentences import event_label
from .spreadsheet import safe_cell

PAGE_SIZE = 50


def _filtered(request: HttpRequest) -> tuple[EventFilterForm, QuerySet[AuditEvent]]:
    events = access_events_for(request.user, timezone.localdate())
    form = EventFilterForm(request.GET, codes=event_codes(events))
    return form, form.chosen().apply(events)


@login_required
@require_GET
def event_list(request: HttpRequest) -> HttpResponse:
    """Events that fit the filter, newest first."""
    form, events = _filtered(request)
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "audit/event_list.html", {"form": form, "page_obj": page, "query": query.urlencode()})


class _Echo:
    """A file that hands every line on."""

    def write(self, line: str) -> str:
        return line


@login_required
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same events as CSV, in which no cell is a formula."""
    _form, events = _filtered(request)
    headings = [_("When"), _("Who"), _("What"), _("Code"), _("Concerning"), _("Kind"), _("Details"), _("Seal")]
    writer: Any = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(headings)
        for event in events.iterator(chunk_size=1000):
            yield writer.writerow([safe_cell(value) for value in _cells(event)])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _cells(event: AuditEvent) -> list[object]:
    seal = getattr(event, "seal", None)
    return [
        timezone.localtime(event.at).isoformat(timespec="seconds"),
        event.actor_label,
        event_label(event.event),
        event.event,
        event.target_label,
        event.target_kind,
        "; ".join(f"{key}={value}" for key, value in event.details.items()),
        f"{seal.seq}:{seal.hash}" if seal else "",
    ]
