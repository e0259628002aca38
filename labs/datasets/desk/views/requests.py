"""Requests of units for datasets: asking, and the owner's answer."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from labs.datasets.actions import ask_for_dataset, decide_request
from labs.datasets.desk.request_forms import AnswerForm, AskForDataForm
from labs.datasets.permissions import LOOKING, SPEAKING, can_steward
from labs.datasets.queries import access_requests_for, released_datasets, requests_to_decide
from labs.datasets.receivers import with_names
from labs.datasets.refusals import DeskRefused
from portal.users.permissions import role_required, signed_in

PAGE_SIZE = 50
SEEING = tuple(dict.fromkeys((*LOOKING, *SPEAKING)))


@role_required(*SEEING)
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Show what waits for one's answer, and every request in reach."""
    user, today = signed_in(request), timezone.localdate()
    page = Paginator(access_requests_for(user, today), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "waiting": with_names(requests_to_decide(user, today)),
        "page_obj": page,
        "rows": with_names(page.object_list),
    }
    return render(request, "datasets/desk/requests.html", context)


@role_required(*SPEAKING)
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a released dataset in the name of a unit."""
    user, today = signed_in(request), timezone.localdate()
    shown = get_object_or_404(released_datasets(), code=code)
    form = AskForDataForm(request.POST or None, user=user, on=today)
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_for_dataset(dataset=shown, by=user, at=timezone.now(), **form.cleaned_data)
        except DeskRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Asked. You get a notice when the owner answers."))
            return redirect("datasets:request", request_uuid=asked.uuid)
    return render(request, "datasets/desk/ask.html", {"form": form, "dataset": shown})


@role_required(*SEEING)
def one(request: HttpRequest, request_uuid: uuid.UUID) -> HttpResponse:
    """One request, and for the dataset's steward the answer."""
    user, today = signed_in(request), timezone.localdate()
    shown = get_object_or_404(access_requests_for(user, today), uuid=request_uuid)
    may_answer = (
        can_steward(user, shown.dataset, today) and shown.asked_by_id != user.pk and not hasattr(shown, "decision")
    )
    form = AnswerForm(request.POST or None, dataset=shown.dataset, on=today) if may_answer else None
    if request.method == "POST" and form is not None and form.is_valid():
        is_granted = request.POST.get("decision") == "grant"
        version = form.cleaned_data["version"] if is_granted else None
        if is_granted and version is None:
            form.add_error("version", _("Choose the version that is granted."))
        else:
            try:
                decide_request(
                    request=shown, version=version, reason=form.cleaned_data["reason"], by=user, at=timezone.now()
                )
            except DeskRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Answered; who asked is told."))
                return redirect("datasets:request", request_uuid=shown.uuid)
    with_names([shown])
    context = {"asked": shown, "form": form, "is_desk": can_steward(user, shown.dataset, today)}
    return render(request, "datasets/desk/request.html", context)
