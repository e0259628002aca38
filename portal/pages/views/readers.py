"""Preferences of the reader and the site's own public files."""

from __future__ import annotations

import mimetypes

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST
from wagtail.documents.views.serve import serve

from portal.pages.middleware import remember_language
from portal.pages.ranges import Envelope, ranged_response
from portal.users.models import User
from portal.users.reading_aids import AIDS, keep_aids, set_aid

PUBLIC_FOLDERS = ("images/",)
"""Folders of the media store that the web may see: renditions. Originals and documents are not among them."""


def _back(request: HttpRequest, target: str) -> HttpResponseRedirect:
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if is_ours else "/")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep theme, print size or language in cookies, the first two with the account of who is signed in too, and
    lead back to where the reader was."""
    response = _back(request, request.POST.get("next", "/"))
    chosen = {name: request.POST[name] for name, allowed in AIDS.items() if request.POST.get(name) in allowed}
    for name, value in chosen.items():
        set_aid(response, name, value)
    if chosen and isinstance(request.user, User):
        keep_aids(user=request.user, chosen=chosen)
    if request.POST.get("language") in dict(settings.LANGUAGES):
        remember_language(response, request.POST["language"])
    return response


@require_GET
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Speak the given language from now on and lead on to `next`."""
    if code not in dict(settings.LANGUAGES) or not check_for_language(code):
        raise Http404
    response = _back(request, request.GET.get("next", "/"))
    remember_language(response, code)
    return response


@require_GET
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a public file of the media store."""
    if not path.startswith(PUBLIC_FOLDERS) or ".." in path:
        raise Http404
    try:
        file = default_storage.open(path)
    except (OSError, ValueError, SuspiciousFileOperation) as missing:
        raise Http404 from missing
    response = ranged_response(request, file, mimetypes.guess_type(path)[0] or "application/octet-stream")
    # A rendition's name carries its filter and a hash of its focal point; a new picture gets a new name.
    response.headers["Cache-Control"] = "public, max-age=2592000"
    return response


def document(request: HttpRequest, document_id: str, filename: str) -> HttpResponseBase:
    """Serve a document as Wagtail does, and a film in pieces (`serve_film`)."""
    response: HttpResponseBase = serve(request, document_id, filename)
    return response.inside if isinstance(response, Envelope) else response
