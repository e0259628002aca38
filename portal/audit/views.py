"""The auditor's pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from .actions import ask_for_check, note_export
from .anchors import newest_seal, own_anchors
from .details import Detail, told
from .forms import EventFilterForm
from .models import AuditEvent
from .queries import EventFilter, access_anchors_for, access_checks_for, access_events_for, event_codes
from .sentences import NOTHING, Concerned, concerned, sentence, target_name
from .spreadsheet import table_csv, table_workbook
from .tables import LARGEST_WORKBOOK, WIDTHS, event_headings, event_rows, parts_of

PAGE_SIZE = 50
ANCHORS_SHOWN = 31
LARGEST_AT_ONCE = {"xlsx": 2_000, "csv": 3_000}
"""Events that a page makes a file of while its reader waits: some two seconds."""
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


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
    """Return an event as its line shows it."""
    return {
        "event": event,
        "sentence": sentence(event, about, parts_of(details)),
        "about": about,
        "name": target_name(event, about),
        "details": details,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def chain(request: HttpRequest) -> HttpResponse:
    """Show whether the chain holds, by the last verification; the button asks the worker for another."""
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
    """Show the signed seals as a file to keep elsewhere; `verify_audit --anchors` reads it."""
    on = timezone.localdate()
    access_anchors_for(request.user, on)
    text = "".join(f"{anchor.as_line()}\n" for anchor in own_anchors())
    name = content_disposition_header(as_attachment=True, filename=f"audit-anchors-{on:%Y-%m-%d}.jsonl") or ""
    return HttpResponse(text, content_type="application/jsonl; charset=utf-8", headers={"Content-Disposition": name})


@login_required
@require_GET
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Show the same events as CSV or as a workbook, in which no cell is a formula; it is noted who takes them.

    Many are made in the background (portal.exports), so that no page and no thread waits for them.
    """
    _form, chosen, events = _filtered(request)
    found, now = events.order_by().aggregate(count=Count("pk"), last=Max("pk")), timezone.now()
    count = found["count"]
    if count > LARGEST_AT_ONCE[form]:
        return HttpResponseRedirect(f"{reverse('exports:ask', args=[f'audit.{form}'])}?{request.GET.urlencode()}")
    assert request.user.is_authenticated  # login_required
    events = events.filter(pk__lte=found["last"] or 0)  # without the event that tells of this export
    note_export(rows=count, form=form, narrowed=chosen.told(), by=request.user, at=now)
    rows = event_rows(events, request.user, timezone.localdate(now))
    if form == "xlsx":
        content: str | bytes = table_workbook(event_headings(), rows, widths=WIDTHS, title=_("Audit"))
    else:
        content = table_csv(event_headings(), rows)
    name = _("Audit") + f" {timezone.localdate(now):%Y-%m-%d}.{form}"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=TYPES[form], headers={"Content-Disposition": disposition})
