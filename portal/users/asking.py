"""A question before a step that cannot be taken back, for buttons that stand on a page: one more page, no script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

NOT_CARRIED = ("csrfmiddlewaretoken", "confirmed", "back", "came_from")
TYPED = "typed_before_asking"
"""Session key of what stood in a form whose sender was asked and went back."""


def wants_back(request: HttpRequest) -> bool:
    """Return whether the reader of a page that asks once more wants the form again, with what was typed in it."""
    return request.POST.get("back") == "yes"


def typed_before(request: HttpRequest, action: str, name: str) -> str:
    """Return what stood in a field of the form with this address before its sender was asked and
    went back; told once."""
    session = getattr(request, "session", None)
    kept = session.get(TYPED) if session is not None else None
    if session is None or not kept or kept["action"] != action or name not in kept["fields"]:
        return ""
    value = str(kept["fields"].pop(name))
    session.modified = True
    return value


def ask_first(request: HttpRequest, *, title: str, text: str, button: str) -> HttpResponse | None:
    """Show the page that says what follows and asks; None once it was asked, so that the view goes on.

    Call it after the reader's right to the row was checked. What the form held is carried along; whoever goes back finds
    it in the form again where the page shows it (`typed` of the template library chengxue).
    """
    fields = [(name, value) for name, values in request.POST.lists() if name not in NOT_CARRIED for value in values]
    if wants_back(request):
        request.session[TYPED] = {"action": request.path, "fields": dict(fields)}
        return redirect(_own_page(request, request.POST.get("came_from", "")))
    if request.POST.get("confirmed") == "yes":
        return None
    came_from = _own_page(request, request.headers.get("Referer", ""))
    context = {"title": title, "text": text, "button": button, "fields": fields, "came_from": came_from}
    response = render(request, "ask_first.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _own_page(request: HttpRequest, address: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours and address else "/"
