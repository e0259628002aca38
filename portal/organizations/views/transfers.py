"""Transfers between places: what waits and how it ended, asking, answering."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.organizations.actions import accept_transfer, ask_for_transfer, refuse_transfer, withdraw_transfer
from portal.organizations.forms import AcceptForm, AskTransferForm
from portal.organizations.models import TransferRequest, TransferState
from portal.organizations.transfers import access_transfers_for, may_answer, may_withdraw, person_known_by, reaches
from portal.organizations.transfers import unit_of as unit_of_person
from portal.organizations.views.accounts import account_keepers_only
from portal.users.asking import wants_back
from portal.users.limits import count
from portal.users.models import User
from portal.users.permissions import signed_in

PAGE_SIZE = 50
QUESTIONS_PER_OFFICER = (30, 3600)
"""People whom one officer may name, and seconds: login names and names cannot be tried through."""


@dataclass(frozen=True)
class Line:
    """A request and what the reader may do with it."""

    request: TransferRequest
    may_answer: bool
    may_withdraw: bool


def _line(user: User, request: TransferRequest) -> Line:
    on = timezone.localdate()
    return Line(request, may_answer(user, request, on), may_withdraw(user, request, on))


@account_keepers_only
@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """Show what waits for an answer, from either side, and how former requests ended."""
    reader = signed_in(request)
    rows = access_transfers_for(reader, timezone.localdate())
    waiting = [_line(reader, row) for row in rows.filter(state=TransferState.WAITING)]
    page = Paginator(rows.exclude(state=TransferState.WAITING), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"waiting": waiting, "page_obj": page, "query": ""}
    return render(request, "organizations/transfers.html", context)


@account_keepers_only
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the other side for a transfer; shown once more before it is sent."""
    by, at = signed_in(request), timezone.now()
    initial = {"start_date": timezone.localdate(), "username": request.GET.get("username", "")[:40]}
    form = AskTransferForm(request.POST or None, initial=initial)
    if request.method == "POST" and not wants_back(request) and form.is_valid():
        data = dict(form.cleaned_data)
        person = _named(form, by, str(data.pop("username")), str(data.pop("name")))
        if person is not None:
            is_confirmed = request.POST.get("confirmed") == "yes"
            try:
                with transaction.atomic():  # tried before it is shown: what cannot be asked is said at once
                    asked = ask_for_transfer(user=person, **data, by=by, at=at)
                    if not is_confirmed:
                        transaction.set_rollback(True)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                if is_confirmed:
                    text = _("The transfer of %(name)s is asked for. It waits for an answer until %(date)s.")
                    until = date_format(asked.expires_date, "DATE_FORMAT")
                    messages.success(request, text % {"name": person.name, "date": until})
                    return redirect("organizations:transfers")
                context = {"form": form, "person": person, "data": data, "unit": asked.from_organization}
                return render(request, "organizations/transfer_ask_confirm.html", context)
    status = 400 if form.errors and not wants_back(request) else 200
    return render(request, "organizations/transfer_ask.html", {"form": form}, status=status)


def _named(form: AskTransferForm, by: User, username: str, name: str) -> User | None:
    """Return the person whom both names mean, and whom `by` may ask for; otherwise the form says so."""
    if not count(f"transfer-question:{by.pk}", *QUESTIONS_PER_OFFICER):
        form.add_error(None, _("Too many questions in a short time. Try again later."))
        return None
    person = person_known_by(username, name)
    if person is None:
        form.add_error(None, _("Nobody has this login name and this name. Check both, character by character."))
        return None
    unit, on = unit_of_person(person, timezone.localdate()), timezone.localdate()
    target = form.cleaned_data["organization"]
    if not reaches(by, target, on) and (unit is None or not reaches(by, unit, on)):
        form.add_error("organization", _("Neither the person nor this unit belongs to you."))
        return None
    return person


@account_keepers_only
def answer(request: HttpRequest, request_uuid: uuid.UUID) -> HttpResponse:
    """One request: accept or refuse it, or take it back."""
    by = signed_in(request)
    asked = get_object_or_404(access_transfers_for(by, timezone.localdate()), uuid=request_uuid)
    error = ""
    form = AcceptForm(request.POST or None, initial={"start_date": asked.start_date})
    if request.method == "POST":
        act, words = request.POST.get("act"), request.POST.get("answer", "").strip()[:200]
        if act == "refuse" and not words:
            error = _("Say why, so that the other side can act on it.")
        elif act == "accept" and not form.is_valid():
            error = " ".join(str(text) for texts in form.errors.values() for text in texts)
        else:
            try:
                return _act(
                    request,
                    asked,
                    str(act),
                    words,
                    by,
                    form.cleaned_data.get("start_date") if act == "accept" else None,
                )
            except ValidationError as refusal:
                error = " ".join(refusal.messages)
    context = {"line": _line(by, asked), "asked": asked, "error": error, "form": form}
    return render(request, "organizations/transfer_answer.html", context, status=400 if error else 200)


def _act(
    request: HttpRequest, asked: TransferRequest, act: str, words: str, by: User, first: date | None
) -> HttpResponse:
    at = timezone.now()
    facts = {"name": asked.user.name, "unit": asked.organization.name}
    if act == "accept":
        done = accept_transfer(request=asked, start_date=first, answer=words, by=by, at=at)
        first = first or asked.start_date
        facts["date"] = date_format(first, "DATE_FORMAT")
        if first > timezone.localdate(at):
            said = _("%(name)s is transferred to %(unit)s from %(date)s on; until then the present post goes on.")
        else:
            said = _("%(name)s is transferred to %(unit)s.")
    elif act == "refuse":
        done, said = (
            refuse_transfer(request=asked, answer=words, by=by, at=at),
            _("The transfer of %(name)s is refused."),
        )
    elif act == "withdraw":
        done, said = withdraw_transfer(request=asked, by=by, at=at), _("The request for %(name)s is withdrawn.")
    else:
        return redirect("organizations:transfer_answer", asked.uuid)
    if done:
        messages.success(request, said % facts)
    else:
        messages.warning(request, _("This request was answered, withdrawn or expired in the meantime."))
    return redirect("organizations:transfers")
