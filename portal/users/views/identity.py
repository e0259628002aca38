"""The way to the OpenID provider, and the doors of other apps that stay shut."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from allauth.idp.oidc import views as provider
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


def has_proof_key(request: HttpRequest) -> bool:
    """Whether the request carries exactly one S256 challenge (RFC 7636)."""
    challenges = request.GET.getlist("code_challenge")
    methods = request.GET.getlist("code_challenge_method")
    return methods == ["S256"] and len(challenges) == 1 and bool(CHALLENGE.fullmatch(challenges[0]))


@csrf_exempt  # the provider's own view checks the token where a person confirms
def authorize(request: HttpRequest) -> HttpResponseBase:
    """The provider's authorization, which asks only public clients for a proof key; here every client must bring one."""
    if request.method in ("GET", "HEAD") and not has_proof_key(request):
        return render(request, "users/authorization_refused.html", status=400)
    return provider.authorization(request)


def not_offered(request: HttpRequest, **_: str) -> HttpResponse:
    """A door of an installed app that this portal does not open."""
    raise Http404


def to_login(request: HttpRequest, **_: str) -> HttpResponseRedirect:
    """Lead to the one login, which asks for the second factor."""
    target = request.GET.get("next", "")
    query = f"?{urlencode({'next': target})}" if target else ""
    return HttpResponseRedirect(reverse("account_login") + query)
