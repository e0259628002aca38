"""The interrupted act on a page of its own, and what is said when a form is refused for its token."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from portal.users.interrupted import NEVER_KEPT, drop, form_owner, is_sent_by_a_person, keep, offered, page_of


@login_required
@never_cache
def interrupted(request: HttpRequest) -> HttpResponse:
    """Offer the kept act; a POST forgets it."""
    if request.method == "POST":
        target = request.POST.get("next", "/")
        drop(request)
        return redirect(target if url_has_allowed_host_and_scheme(target, None) else "/")
    return render(request, "users/interrupted.html", {"interrupted": offered(request, anywhere=True)})


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Show the page of a form whose token does not fit (Django's CSRF_FAILURE_VIEW).

    The commonest causes are told apart: somebody signed in in another tab, as the same person (then the act is offered
    again) or as another one, or the form is the sign-in itself.
    """
    user = request.user
    is_own_site = not reason.startswith(REASON_BAD_ORIGIN.split("%")[0])
    if user.is_authenticated and is_own_site:
        owner = form_owner(request)
        if request.path == reverse("account_login"):
            target = request.POST.get("next", "/")
            safe = target if url_has_allowed_host_and_scheme(target, None) else "/"
            return render(request, "users/signed_in_already.html", {"next": safe}, status=403)
        if owner == user.pk and is_sent_by_a_person(request):
            return redirect(keep(request))
        if owner is not None and owner != user.pk:
            return render(request, "users/signed_in_as_another.html", status=403)
    is_signed_out = is_own_site and not user.is_authenticated and not request.path.startswith(NEVER_KEPT)
    context = {"is_signed_out": is_signed_out, "page": page_of(request) if is_signed_out else ""}
    return render(request, "403_csrf.html", context, status=403)
