"""Pages that everybody reads: the list, a policy, its history, two texts side by side, the glossary."""

from __future__ import annotations

import uuid
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from portal.knowledge.forms import PolicyFilterForm
from portal.knowledge.models import PolicyExpression, PolicyWork
from portal.knowledge.permissions import can_edit
from portal.knowledge.queries import compare_texts, current_of, glossary, policies_of, policy_view
from portal.pages.queries import spoken_language

PAGE_SIZE = 20


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    """List the policies that the address asks for."""
    form = PolicyFilterForm(request.GET or None, language=spoken_language())
    asked = form.cleaned_data if form.is_valid() else {}
    page = Paginator(policies_of(asked), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "is_narrowed": any(asked.values()),
        "can_edit": can_edit(request.user, timezone.localdate()),
    }
    return render(request, "knowledge/policies.html", context)


@require_GET
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """Show a policy: the text that holds, or that of another day (`?at=2024-01-01`)."""
    work = _work(request, code)
    texts, on = list(work.expressions.in_order()), timezone.localdate()
    current = current_of(texts, on)
    shown = _asked_text(request, texts, current)
    view = policy_view(work, texts, shown, current, request.user, spoken_language())
    context = {"view": view, "work": work, "today": on, "can_edit": can_edit(request.user, on)}
    return render(request, "knowledge/policy.html", context)


@require_GET
def history(request: HttpRequest, code: str) -> HttpResponse:
    """List the texts of a policy, the newest first."""
    work = _work(request, code)
    texts = list(work.expressions.in_order())
    current = current_of(texts, timezone.localdate())
    rows = [(text, texts[place - 1] if place else None, text == current) for place, text in enumerate(texts)]
    return render(request, "knowledge/history.html", {"work": work, "rows": rows[::-1], "texts": texts[::-1]})


@require_GET
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Show two texts of a policy clause by clause (`?from=uuid&to=uuid`)."""
    work = _work(request, code)
    texts = list(work.expressions.in_order())
    if len(texts) < 2:
        raise Http404
    after = _text(texts, request.GET.get("to")) or texts[-1]
    older = texts[: texts.index(after)] or texts[:1]
    before = _text(texts, request.GET.get("from")) or older[-1]
    changes = compare_texts(before, after)
    shows_all = request.GET.get("all") == "1"
    context = {
        "work": work,
        "texts": texts,
        "before": before,
        "after": after,
        "changes": [change for change in changes if shows_all or not change.is_same],
        "same": sum(change.is_same for change in changes),
        "shows_all": shows_all,
    }
    return render(request, "knowledge/compare.html", context)


@require_GET
def glossary_page(request: HttpRequest) -> HttpResponse:
    """Explain the terms."""
    return render(request, "knowledge/glossary.html", {"terms": glossary(spoken_language())})


def _work(request: HttpRequest, code: str) -> PolicyWork:
    """Return the published policy; a draft for those who look after policies."""
    found = PolicyWork.objects.select_related("theme").filter(code=code).first()
    if found is None or not (found.live or can_edit(request.user, timezone.localdate())):
        raise Http404
    return found


def _asked_text(
    request: HttpRequest, texts: list[PolicyExpression], current: PolicyExpression | None
) -> PolicyExpression | None:
    named = _text(texts, request.GET.get("text"))
    if named is not None:
        return named
    try:
        day = date.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        return current
    return current_of(texts, day)


def _text(texts: list[PolicyExpression], name: str | None) -> PolicyExpression | None:
    try:
        wanted = uuid.UUID(name or "")
    except ValueError:
        return None
    return next((text for text in texts if text.uuid == wanted), None)
