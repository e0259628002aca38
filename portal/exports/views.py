"""Asking for a long export, watching it, taking its file."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.users.models import User

from .actions import MOST_OPEN, TooManyExports, ask_export, cancel_export, note_fetched, stored
from .models import Export
from .queries import access_exports_for, reach_digest, waiting_before
from .registry import export_kind, title_of

LISTED = 50
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@login_required
@require_safe
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """Show the reader's own files, made and waited for."""
    listed = access_exports_for(_reader(request))[:LISTED]
    return render(request, "exports/own.html", {"rows": [_row(export) for export in listed]})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Show how much it is, and the button that has it made."""
    user, now = _reader(request), timezone.now()
    on, kind = timezone.localdate(now), export_kind(code)
    if kind is None:
        raise Http404
    if not kind.reach(user, on):
        raise PermissionDenied
    params = kind.read(user, request.GET, on)
    back = f"{reverse(kind.back)}?{request.GET.urlencode()}"
    if params is None:
        return redirect(back)  # says what is wrong
    total = kind.count(user, params, on)
    if request.method == "POST":
        language = get_language() or "zh-hans"
        try:
            made = ask_export(kind=kind, params=params, total=total, language=language, by=user, at=now)
        except TooManyExports:
            said = _("You wait for %(number)s files already. Cancel one of them, or wait until it is ready.")
            messages.error(request, said % {"number": MOST_OPEN})
            return redirect("exports:own")
        return redirect("exports:export", made.uuid)
    return render(request, "exports/ask.html", {"title": kind.title, "total": total, "form": kind.form, "back": back})


@login_required
@require_safe
@never_cache
def export(request: HttpRequest, export_uuid: uuid.UUID) -> HttpResponse:
    """Show how far the file is, and then the file."""
    found = _found(request, export_uuid)
    context = {**_row(found), "before": waiting_before(found) if found.is_open else 0}
    return render(request, "exports/export.html", context)


@login_required
@require_POST
def cancel(request: HttpRequest, export_uuid: uuid.UUID) -> HttpResponse:
    """Stop a file that nobody wants any more."""
    found = _found(request, export_uuid)
    if not cancel_export(export=found, by=_reader(request), at=timezone.now()):
        messages.info(request, _("It was finished already."))
    return redirect("exports:export", found.uuid)


@login_required
@require_safe
@never_cache
def file(request: HttpRequest, export_uuid: uuid.UUID) -> HttpResponseBase:
    """Show the file, as long as the person has the right under which it was made."""
    found, user, now = _found(request, export_uuid), _reader(request), timezone.now()
    kind = export_kind(found.kind)
    if kind is None or not _row(found)["is_ready"]:
        return redirect("exports:export", found.uuid)
    if reach_digest(kind, user, timezone.localdate(now)) != found.reach:
        return render(request, "exports/export.html", {**_row(found), "is_out_of_reach": True}, status=403)
    note_fetched(export=found, by=user, at=now)
    name = f"{kind.title} {timezone.localdate(found.finished_at):%Y-%m-%d}.{kind.form}"
    return FileResponse(stored(found.file).open("rb"), as_attachment=True, filename=name, content_type=TYPES[kind.form])


def _found(request: HttpRequest, export_uuid: uuid.UUID) -> Export:
    found = access_exports_for(_reader(request)).filter(uuid=export_uuid).first()
    if found is None:
        raise Http404
    return found


def _row(export: Export) -> dict[str, Any]:
    kind = export_kind(export.kind)
    in_time = export.expires_at is not None and export.expires_at > timezone.now()
    # A backup holds no exports.
    is_ready = in_time and export.is_ready and stored(export.file).is_file()
    back = reverse(kind.back) if kind else "/"
    return {"export": export, "title": title_of(export.kind), "is_ready": is_ready, "back": back}


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # login_required
    return request.user
