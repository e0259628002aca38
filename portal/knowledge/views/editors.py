"""Pages of those who look after policies: taking a text in, and reviews of what a new text touched."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal.knowledge.actions import (
    ImportUnderWay,
    LinkRefused,
    Outcome,
    decide_review,
    import_sources,
    importing_alone,
    plan_source,
    relate_texts,
)
from portal.knowledge.actions.impact import target_of
from portal.knowledge.actions.reviewing import ReviewDecided
from portal.knowledge.forms import ImportForm, ReviewForm
from portal.knowledge.models import ReviewTask
from portal.knowledge.permissions import EDITORS, REVIEWERS, access_reviews_for
from portal.knowledge.queries.comparing import spans_of
from portal.knowledge.queries.teaching import clause_name
from portal.knowledge.registry import kind_label, resolve_targets
from portal.knowledge.sources import file_sources
from portal.pages.queries import spoken_language
from portal.users.permissions import role_required, signed_in

PAGE_SIZE = 30


@role_required(*EDITORS)
@never_cache
def import_text(request: HttpRequest) -> HttpResponse:
    """Read an uploaded text and tell what it would do, or take it in."""
    form = ImportForm(request.POST or None, request.FILES or None, initial={"work": request.GET.get("work", "")})
    context: dict[str, object] = {"form": form}
    is_whole = request.method == "GET"
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        outcomes = [plan_source(source) for source in file_sources(file.name, file.read(), form.about())]
        is_whole = all(outcome.result != "refused" for outcome in outcomes)
        if is_whole and "take" in request.POST:
            try:
                with importing_alone(settings.PATHS.var):
                    at = timezone.now()
                    outcomes = import_sources(
                        sources=[outcome.source for outcome in outcomes], by=signed_in(request), at=at
                    )
                    relate_texts(expressions=[one.expression.pk for one in outcomes if one.expression], at=at)
            except ImportUnderWay:
                form.add_error(None, _("Another import is running. Wait until it is done."))
            else:
                return _told(request, outcomes)
        context |= {"outcomes": outcomes, "is_whole": is_whole}
    return render(request, "knowledge/import.html", context, status=200 if is_whole and not form.errors else 422)


def _told(request: HttpRequest, outcomes: list[Outcome]) -> HttpResponseRedirect:
    new = [outcome for outcome in outcomes if outcome.result != "unchanged"]
    if not new:
        messages.info(request, _("This text is here already; nothing was changed."))
    else:
        count = sum(outcome.source.clause_count for outcome in new)
        messages.success(request, _("%(count)d clauses are here now.") % {"count": count})
    if reviews := sum(outcome.reviews for outcome in outcomes):
        said = _("%(count)d items rest on clauses that changed: their owners were told.")
        messages.warning(request, said % {"count": reviews})
    if len(outcomes) > 1:
        return HttpResponseRedirect(reverse("knowledge:policies"))
    return HttpResponseRedirect(reverse("knowledge:policy", args=[outcomes[0].code]))


@role_required(*REVIEWERS)
@never_cache
def reviews(request: HttpRequest) -> HttpResponse:
    """List the reviews that the reader may decide, open ones first."""
    tasks = access_reviews_for(signed_in(request), timezone.localdate())
    rows = tasks.select_related("link__provision__expression__work", "decided_by").order_by(
        F("decided_at").desc(nulls_first=True), "-opened_at", "-pk"
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    cards = resolve_targets((target_of(task.link) for task in found), request.user, spoken_language())
    items = [(task, cards.get(target_of(task.link)), kind_label(task.link.target_kind)) for task in found]
    return render(request, "knowledge/reviews.html", {"page_obj": page, "items": items})


@role_required(*REVIEWERS)
@never_cache
def review(request: HttpRequest, task_uuid: uuid.UUID) -> HttpResponse:
    """Show what changed and take the decision."""
    user = signed_in(request)
    rows = access_reviews_for(user, timezone.localdate())
    related = ("link__provision__expression__work", "link__standing__expression", "expression", "decided_by")
    task = rows.select_related(*related).filter(uuid=task_uuid).first()
    if task is None:
        raise Http404
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            decide_review(
                task=task, decision=said["decision"], note=said["note"], quote=said["quote"], by=user, at=timezone.now()
            )
        except (LinkRefused, ReviewDecided) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The review is closed, and the item is marked up to date."))
            return HttpResponseRedirect(reverse("knowledge:reviews"))
    status = 422 if request.method == "POST" else 200
    return render(request, "knowledge/review.html", {"form": form, **_side_by_side(request, task)}, status=status)


def _side_by_side(request: HttpRequest, task: ReviewTask) -> dict[str, object]:
    link, quoted = task.link, task.link.provision
    ref = target_of(link)
    standing = link.standing
    return {
        "task": task,
        "work": quoted.expression.work,
        "quoted": quoted,
        "clause": clause_name(quoted),
        "standing": standing,
        "clause_now": clause_name(standing) if standing else "",
        "spans": spans_of(quoted.text, standing.text) if standing else (("del", quoted.text),),
        "card": resolve_targets([ref], request.user, spoken_language()).get(ref),
        "kind": kind_label(link.target_kind),
    }
