"""The submitted notebook in its frame: a page of nobody's origin, without scripts, without cookies, asking for nothing.

The address is signed for one reader and some minutes, so that it needs no session; whether the reader still teaches
the run is looked up again.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from labs.assignments.storing import read_stored
from labs.grading.models import Submission
from labs.grading.paper.papers import Paper, Shown, read_paper
from labs.grading.queries import access_taught_submissions_for, counted_results
from labs.grading.wording import look_of, verdict_tag
from portal.users.models import User

SALT = "labs.grading.paper"
VALID_S = 20 * 60


def paper_address(request: HttpRequest, submission: Submission) -> str:
    """Return the address of the frame for this reader, in the reader's language, colors and print size."""
    looks = [request.COOKIES.get(f"{settings.COOKIE_PREFIX}{name}", "") for name in ("theme", "mode")]
    said = [str(submission.uuid), request.user.pk, translation.get_language() or "zh-hans", *looks]
    return reverse("grading:paper", args=[signing.dumps(said, salt=SALT, compress=True)])


@require_safe
@never_cache
@xframe_options_sameorigin
def paper(request: HttpRequest, signed: str) -> HttpResponse:
    """Show the annotated notebook of the submission that the signed address names."""
    try:
        named, reader, language, theme, mode = signing.loads(signed, salt=SALT, max_age=VALID_S)
    except (signing.BadSignature, ValueError):
        raise Http404 from None
    submission = _submission(uuid.UUID(named), reader)
    released = read_stored("releases", submission.release.notebook_path)
    shown = read_paper(read_stored("submissions", submission.path), released)
    with translation.override(language):
        context = {"paper": shown, "cells": list(_annotated(shown, submission)), "theme": theme, "mode": mode}
        page = render_to_string("grading/paper.html", {**context, "language": language, "submission": submission})
    return _sandboxed(page)


def _submission(named: uuid.UUID, reader: int) -> Submission:
    user = User.objects.filter(pk=reader, is_active=True).first()
    if user is None:
        raise Http404
    found = access_taught_submissions_for(user, timezone.localdate()).filter(uuid=named)
    submission = found.select_related("release", "assignment").first()
    if submission is None:
        raise Http404
    return submission


def _annotated(paper: Paper, submission: Submission) -> list[dict[str, Any]]:
    results = {each.result.question.grade_id: each for each in counted_results(submission)}
    return [
        {"cell": cell, "result": found, "tag": verdict_tag(found), "look": look_of(found.verdict)}
        if (found := _result(cell, results)) is not None
        else {"cell": cell}
        for cell in paper.cells
    ]


def _result(cell: Shown, results: dict[str, Any]) -> Any:
    return results.get(cell.grade_id) if cell.grade_id and cell.part != "own" else None


def _sandboxed(page: str) -> HttpResponse:
    response = HttpResponse(page)
    own = f"'self' {settings.PORTAL_URL}"
    response["Content-Security-Policy"] = (
        f"sandbox; default-src 'none'; style-src {own}; img-src data:; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {own}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
