"""The search page, suggestions while typing, and what a page tells of the hit that was opened."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from search.actions import record_trace
from search.budget import may_leave_trace
from search.engines import FACETS
from search.kinds import facet_name
from search.narrowing import Chosen, address_of, chosen_in, without
from search.queries import DEEPEST, Answer, search, suggestions

PAGE_SIZE = 20
SHOWN_VALUES = 12
"""Values of a facet that are shown at once; the rest unfolds."""


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Show what the query finds for this reader, counted and narrowed by facets."""
    language = get_language() or "zh-hans"
    chosen = chosen_in(request.GET)
    page = _page_number(request.GET.get("page", ""))
    answer = search(request.GET.get("q", ""), request.user, language, PAGE_SIZE, (page - 1) * PAGE_SIZE, chosen=chosen)
    if answer.is_engine_down:
        return _page(request, {"answer": answer}, status=503)
    is_in_vain = answer.query and not answer.count and not answer.problem and not chosen
    if is_in_vain and may_leave_trace(request, answer.query):
        # Searches that find nothing are what the staff learns most from.
        record_trace(query=answer.query, language=language, intent=_intent(answer), count=0, on=timezone.localdate())
    return _page(request, {"answer": answer, **_narrowing(answer, chosen), **_paging(answer, chosen, page)})


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Titles for what has been typed so far: {"suggestions": [{"title", "kind", "url"}]}."""
    found = suggestions(request.GET.get("q", ""), request.user, get_language() or "zh-hans")
    listed = [{"title": item.title, "kind": item.kind_label, "url": item.url} for item in found]
    return JsonResponse({"suggestions": listed}, json_dumps_params={"ensure_ascii": False})


@require_POST
def opened(request: HttpRequest) -> HttpResponse:
    """Keep which hit was opened of a search, without saying whose it was."""
    query, key = request.POST.get("q", "")[:200], request.POST.get("key", "")[:160]
    # Opening goes on when the budget is spent: the reader's page neither waits for the answer nor reads it.
    if may_leave_trace(request, f"{query}\n{key}"):
        record_trace(
            query=query,
            language=get_language() or "zh-hans",
            intent=request.POST.get("intent", ""),
            count=_number(request.POST.get("count", "")),
            on=timezone.localdate(),
            clicked_key=key,
            clicked_rank=_number(request.POST.get("rank", "")),
        )
    return HttpResponse(status=204)


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, "search/results.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _narrowing(answer: Answer, chosen: Chosen) -> dict[str, Any]:
    facets = [
        {
            "name": facet,
            "label": facet_name(facet),
            "shown": values[:SHOWN_VALUES],
            "rest": values[SHOWN_VALUES:],
            "is_open": any(value.is_chosen for value in values[SHOWN_VALUES:]),
        }
        for facet in FACETS
        if (values := answer.facets.get(facet, [])) and (len(values) > 1 or values[0].is_chosen)
    ]
    picked = [
        {"label": value.label, "query": address_of(answer.query, without(chosen, facet, value.value))}
        for facet in FACETS
        for value in answer.facets.get(facet, [])
        if value.is_chosen
    ]
    return {
        "facets": facets,
        "picked": picked,
        "chosen": [(facet, value) for facet, values in chosen.items() for value in values],
        "bare_query": address_of(answer.query, {}),
        "meant_query": address_of(answer.did_you_mean, {}),
        "intent": _intent(answer),
    }


def _paging(answer: Answer, chosen: Chosen, page: int) -> dict[str, Any]:
    last = max(1, -(-min(answer.count, DEEPEST) // PAGE_SIZE))
    return {
        "query": address_of(answer.query, chosen),
        "page": page,
        "first_rank": (page - 1) * PAGE_SIZE,
        "last_page": last,
        "previous_page": page - 1 if page > 1 else None,
        "next_page": page + 1 if page < last else None,
        "is_cut": answer.count > DEEPEST,
        "deepest": DEEPEST,
    }


def _intent(answer: Answer) -> str:
    return answer.intent.kind.value if answer.intent else ""


def _page_number(value: str) -> int:
    return max(_number(value), 1)


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else 0
