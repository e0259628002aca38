"""A question before a step that cannot be taken back, for buttons that stand on a page: one more page, no script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

NOT_CARRIED = ("csrfmiddlewaretoken", "confirmed")


def ask_first(request: HttpRequest, *, title: str, text: str, button: str) -> HttpResponse | None:
    """The page that says what follows and asks; None once it was asked, so that the view goes on.

    Call it after the reader's right to the row was checked. What the form held is carried along.
    """
    if request.POST.get("confirmed") == "yes":
        return None
    fields = [(name, value) for name, values in request.POST.lists() if name not in NOT_CARRIED for value in values]
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    context = {"title": title, "text": text, "button": button, "fields": fields, "back": back if is_ours else "/"}
    response = render(request, "ask_first.html", context)
    response["Cache-Control"] = "no-store"
    return response
