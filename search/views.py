"""The search page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language

from search.kinds import KIND_LABELS
from search.queries import DEEPEST, search

PAGE_SIZE = 20


def results(request: HttpRequest) -> HttpResponse:
    """This will show what the query finds for this reader."""
    text = request.GET.get("q", "")
    kind = request.GET.get("kind", "")
    kind = kind if kind in KIND_LABELS else ""
    page = _page_number(request.GET.get("page", ""))
    offset = (page - 1) * PAGE_SIZE
    answer = search(
        text, request.user, get_language() or "zh-hans", PAGE_SIZE, offset, chosen={"kind": [kind]} if kind else {}
    )
    last = max(1, -(-min(answer.count, DEEPEST) // PAGE_SIZE))
    context = {
        "answer": answer,
        "kind": kind,
        "query": urlencode({"q": answer.query, **({"kind": kind} if kind else {})}),
        "all_kinds_query": urlencode({"q": answer.query}),
        "page": page,
        "last_page": last,
        "previous_page": page - 1 if page > 1 else None,
        "next_page": page + 1 if page < last else None,
    }
    response = render(request, "search/results.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _page_number(value: str) -> int:
    deepest = DEEPEST // PAGE_SIZE
    return min(max(int(value), 1), deepest) if value.isascii() and value.isdigit() and len(value) < 6 else 1
