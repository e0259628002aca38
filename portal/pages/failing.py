"""What is answered when a request failed: 503 with the form kept where the database was busy, else 500."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.defaults import server_error

from portal.queue.busy import RETRY_AFTER_S, is_busy
from portal.users.interrupted import sent_again

WORDS = (
    "系统此刻很忙，您的操作没有完成，请稍后重试。",
    "The site is busy for a moment and this was not done. Please try again.",
)


def failed(request: HttpRequest) -> HttpResponse:
    """Show the page of an error that nobody caught (handler500)."""
    if is_busy(sys.exc_info()[1]):
        return busy(request)
    return server_error(request)


def busy(request: HttpRequest) -> HttpResponse:
    """Nothing was done because others hold the database. What the form had sent stands in the answer itself.

    The session, where an interrupted act is kept otherwise, lies in the database that is busy.
    """
    if hasattr(request, "session"):
        request.session.modified = False  # nothing of this request counts, and its write would wait once more
    if "text/html" in request.headers.get("Accept", ""):
        context = {"act": sent_again(request)}
        if context["act"] is not None:
            get_token(request)
        response = render(request, "503.html", context, status=503)
    else:
        response = HttpResponse("\n\n".join(WORDS) + "\n", status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(RETRY_AFTER_S)
    response["Cache-Control"] = "no-store"
    return response
