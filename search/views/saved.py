"""Searches that the reader keeps."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from search.actions import TooManySaved, forget_search, save_search, set_digest
from search.actions.saving import MOST_SAVED
from search.kinds import facet_label
from search.models import SavedSearch
from search.narrowing import address_of, chosen_in
from search.queries import access_saved_searches_for
from search.queries.searching import clean


@login_required
@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """List the searches that the reader keeps, the newest first."""
    kept = [_shown(item) for item in access_saved_searches_for(request.user)]
    return render(request, "search/saved.html", {"kept": kept})


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the search, and lead to the kept ones."""
    query, _is_cut = clean(request.POST.get("q", ""))
    if not query:
        messages.error(request, _("Search for something first; then the search can be saved."))
        return redirect("search:results")
    try:
        save_search(
            query=query,
            chosen=chosen_in(request.POST),
            language=get_language() or "zh-hans",
            by=request.user,
            at=timezone.now(),
        )
    except TooManySaved:
        text = _("You keep %(most)d searches, which is the most. Delete one, then save this one again.")
        messages.error(request, text % {"most": MOST_SAVED})
    else:
        messages.success(request, _("The search is saved. You hear once a week when it finds something new."))
    return redirect("search:saved")


@login_required
@require_POST
def forget(request: HttpRequest, saved_uuid: uuid.UUID) -> HttpResponse:
    """Forget a search; a second time it is gone already. It can be taken back by saving it again."""
    kept = access_saved_searches_for(request.user).filter(uuid=saved_uuid).first()
    if kept is not None and forget_search(saved_uuid=saved_uuid, by=request.user):
        messages.success(request, _("“%(query)s” is deleted.") % {"query": kept.query})
    return redirect("search:saved")


@login_required
@require_POST
def digest(request: HttpRequest, saved_uuid: uuid.UUID) -> HttpResponse:
    """Switch the weekly notice of a search on or off."""
    if not set_digest(saved_uuid=saved_uuid, has_digest=request.POST.get("on") == "1", by=request.user):
        raise Http404
    is_on = request.POST.get("on") == "1"
    messages.success(request, _("The weekly notice is on.") if is_on else _("The weekly notice is off."))
    return redirect("search:saved")


def _shown(item: SavedSearch) -> dict[str, object]:
    parameters = QueryDict(address_of(item.query, item.chosen))
    labels = [
        facet_label(facet, value, item.language) for facet, values in chosen_in(parameters).items() for value in values
    ]
    return {"saved": item, "query": parameters.urlencode(), "labels": labels}
