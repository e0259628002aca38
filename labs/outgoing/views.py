"""Pages of outgoing files: one's own, the reviewers' queue, one file, and what the office of a dataset sees and sets."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labs.datasets.models import MountLog
from labs.datasets.permissions import DESK, LOOKING, can
from labs.datasets.queries import access_datasets_for, access_mounts_for
from labs.datasets.registry import reasons_in_words
from labs.datasets.sealing import NotOpened
from portal.users.asking import ask_first
from portal.users.models import User
from portal.users.permissions import role_required, signed_in

from .actions import DAYS_TO_ASK, DAYS_TO_FETCH, ask_for, decide, note_fetched, set_rule
from .forms import AskForm, DecisionForm, RuleForm
from .keeping import held_bytes
from .models import OutgoingFile, OutgoingRule, Rule
from .queries import access_outgoing_for, decidable_by, left_with, rule_of, waiting_for
from .refusals import OutgoingRefused
from .showing import shown_text
from .wording import RULES, SCREEN, finding_in_words

PAGE_SIZE = 50


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show what left one's own lab, and what was held."""
    user, today = signed_in(request), timezone.localdate()
    files = access_outgoing_for(user, today).filter(user=user)
    if request.GET.get("held"):
        files = files.filter(passed=False)
    page = Paginator(files, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "is_held": bool(request.GET.get("held")), "screen": SCREEN, "days": DAYS_TO_ASK}
    return render(request, "outgoing/own.html", context)


@role_required(*LOOKING)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Held files that wait for this reviewer; below them what was decided."""
    user, today = signed_in(request), timezone.localdate()
    decided = access_outgoing_for(user, today).filter(decision__isnull=False).order_by("-decision__at")
    page = Paginator(decided, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "outgoing/queue.html", {"waiting": waiting_for(user, today), "page_obj": page})


@login_required
@require_safe
def file(request: HttpRequest, file_uuid: uuid.UUID) -> HttpResponse:
    """One file: what was found, what was asked and decided, and for a reviewer what stands in it."""
    user, today = signed_in(request), timezone.localdate()
    shown = _file(request, file_uuid)
    may_decide = decidable_by(user, today).filter(pk=shown.pk).exists()
    is_kept = not shown.passed and not hasattr(shown, "removal")
    is_open = is_kept and not hasattr(shown, "decision")
    context = {
        "file": shown,
        "findings": [finding_in_words(finding) for finding in shown.findings],
        "datasets": shown.datasets.order_by("title"),
        "is_own": shown.user_id == user.pk,
        "may_fetch": _may_fetch(shown, user),
        "ask_form": AskForm() if is_open and shown.user_id == user.pk and not hasattr(shown, "request") else None,
        "decision_form": DecisionForm() if is_open and may_decide and hasattr(shown, "request") else None,
        "text": shown_text(shown) if is_kept and may_decide else None,
        "may_decide": may_decide and is_kept,
        "days": DAYS_TO_ASK,
        "screen": SCREEN,
    }
    return render(request, "outgoing/file.html", context)


@login_required
@require_POST
def ask(request: HttpRequest, file_uuid: uuid.UUID) -> HttpResponse:
    """Put a held file of one's own before a reviewer."""
    shown = _file(request, file_uuid)
    return _act(
        request,
        shown,
        lambda by: ask_for(file=shown, reason=request.POST.get("reason", ""), by=by, at=timezone.now()),
        _("Asked. You get a notice when it is decided."),
    )


@role_required(*DESK)
@require_POST
def decide_on(request: HttpRequest, file_uuid: uuid.UUID) -> HttpResponse:
    """Let a held file leave, or refuse it."""
    shown, granted = _file(request, file_uuid), request.POST.get("decision") == "grant"
    reason = request.POST.get("reason", "")
    if granted and reason.strip():
        question = ask_first(
            request,
            title=_("Let this file leave the lab?"),
            text=_(
                "%(name)s can then fetch exactly these bytes for %(days)s days. What has left cannot be brought back."
            )
            % {"name": shown.user.name, "days": DAYS_TO_FETCH},
            button=_("Let it leave"),
        )
        if question is not None:
            return question
    return _act(
        request,
        shown,
        lambda by: decide(file=shown, granted=granted, reason=reason, by=by, at=timezone.now()),
        _("Decided; the trainee is told."),
    )


@login_required
@require_safe
def fetch(request: HttpRequest, file_uuid: uuid.UUID) -> HttpResponse:
    """Show the bytes of a held file: for its owner once a reviewer let it leave, for a reviewer to look at."""
    user = signed_in(request)
    shown = _file(request, file_uuid)
    if not _may_fetch(shown, user) and not decidable_by(user, timezone.localdate()).filter(pk=shown.pk).exists():
        raise Http404
    try:
        content = held_bytes(shown)
    except (FileNotFoundError, NotOpened) as error:
        raise Http404 from error
    note_fetched(file=shown, by=user, at=timezone.now())
    # A trainee made these bytes: the browser saves them and never shows them on this origin.
    response = HttpResponse(content, content_type="application/octet-stream")
    ending = shown.name.rpartition(".")[2]
    safe = ending if ending.isascii() and ending.isalnum() and len(ending) <= 10 else "bin"
    response["Content-Disposition"] = f'attachment; filename="{shown.sha256[:12]}.{safe}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


@role_required(*LOOKING)
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """Show the rule of a dataset, who opened it in which lab, and which files left."""
    user, today = signed_in(request), timezone.localdate()
    shown = get_object_or_404(access_datasets_for(user, today), code=code)
    current, may_set = rule_of(shown), can(user, shown, DESK, today)
    form = RuleForm(request.POST or None, current=current)
    if request.method == "POST" and form.is_valid():
        if not may_set:
            raise Http404
        seen = OutgoingRule.objects.filter(dataset=shown, pk=form.cleaned_data["seen"] or 0).first()
        try:
            set_rule(
                dataset=shown,
                rule=Rule(form.cleaned_data["rule"]),
                reason=form.cleaned_data["reason"],
                supersedes=seen,
                by=user,
                at=timezone.now(),
            )
        except OutgoingRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The rule is set; it counts for the next file."))
            return redirect("outgoing:dataset", code=code)
    mounts = Paginator(access_mounts_for(user, today).filter(version__dataset=shown), PAGE_SIZE)
    page = mounts.get_page(request.GET.get("page"))
    context = {
        "dataset": shown,
        "current": current,
        "rule": RULES[current.rule if current else Rule.SCANNED],
        "form": form if may_set else None,
        "left": left_with(shown)[:PAGE_SIZE],
        "page_obj": page,
        "mounts": _with_reasons(page.object_list),
        "screen": SCREEN,
    }
    return render(request, "outgoing/dataset.html", context)


def _with_reasons(mounts: Any) -> list[tuple[MountLog, str]]:
    listed = list(mounts)
    words = {"withdrawn": _("withdrawn"), "ended": _("ended")} | reasons_in_words(each.because for each in listed)
    return [(each, words.get(each.because, each.because)) for each in listed]


def _file(request: HttpRequest, file_uuid: uuid.UUID) -> OutgoingFile:
    return get_object_or_404(access_outgoing_for(signed_in(request), timezone.localdate()), uuid=file_uuid)


def _may_fetch(file: OutgoingFile, user: User) -> bool:
    decision = getattr(file, "decision", None)
    if file.user_id != user.pk or decision is None or not decision.granted or hasattr(file, "removal"):
        return False
    return bool(decision.until_date >= timezone.localdate())


def _act(request: HttpRequest, shown: OutgoingFile, action: Callable[[User], Any], done: str) -> HttpResponse:
    try:
        action(signed_in(request))
    except OutgoingRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("outgoing:file", file_uuid=shown.uuid)
