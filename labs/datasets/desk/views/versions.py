"""A released version: who may use it, when it was used, its end; and its risk report, on a page and on paper."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from labs.datasets.actions import grant_access, make_twin, prepare_renewal, revoke_access, withdraw_version
from labs.datasets.desk.forms import GrantForm, ReasonForm
from labs.datasets.desk.reporting import report_context, report_pdf
from labs.datasets.desk.views.answering import act
from labs.datasets.inventing import PREFIX, twins_of
from labs.datasets.models import DatasetVersion, MountLog, RiskReport
from labs.datasets.permissions import DESK, LOOKING, STEWARD, can_approve, can_steward
from labs.datasets.queries import (
    access_datasets_for,
    access_grants_for,
    access_mounts_for,
    access_reports_for,
    newest_report,
    passport_problem,
)
from labs.datasets.receivers import with_names
from labs.datasets.refusals import DeskRefused
from labs.datasets.registry import reasons_in_words
from portal.users.asking import ask_first, typed_before
from portal.users.permissions import role_required, signed_in

PAGE_SIZE = 50


def _version(request: HttpRequest, version_uuid: uuid.UUID) -> DatasetVersion:
    reach = access_datasets_for(signed_in(request), timezone.localdate()).order_by().values("pk")
    versions = DatasetVersion.objects.filter(dataset__in=reach).select_related("dataset", "withdrawal__by")
    return get_object_or_404(versions, uuid=version_uuid)


def _with_reasons(mounts: Iterable[MountLog]) -> list[tuple[MountLog, str]]:
    """Each line of the log with its reason in words; a reason that nobody explains stays as it was written."""
    listed = list(mounts)
    words = {"withdrawn": _("withdrawn"), "ended": _("ended")} | reasons_in_words(each.because for each in listed)
    return [(each, words.get(each.because, each.because)) for each in listed]


@role_required(*LOOKING)
@require_safe
def version(request: HttpRequest, version_uuid: uuid.UUID) -> HttpResponse:
    """Grants, the log of mounts, and the way to the end of a version."""
    user, today = signed_in(request), timezone.localdate()
    shown = _version(request, version_uuid)
    last = newest_report(shown)
    waiting = None
    if last is not None:
        reports = RiskReport.objects.filter(draft=last.draft, approved_at__isnull=True, pk__gt=last.pk)
        waiting = reports.select_related("prepared_by").first()
    mounts = Paginator(access_mounts_for(user, today).filter(version=shown), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    withdrawing = reverse("datasets:withdraw", args=[shown.uuid])
    context = {
        "version": shown,
        "problem": passport_problem(shown, on=today),
        "report": last,
        "waiting": waiting,
        "twins": twins_of(shown),
        "is_twin": shown.importer.startswith(PREFIX),
        "grants": with_names(access_grants_for(user, today).filter(version=shown)[:PAGE_SIZE]),
        "page_obj": mounts,
        "mounts": _with_reasons(mounts.object_list),
        "form": GrantForm(on=today),
        "reason_form": ReasonForm(initial={"reason": typed_before(request, withdrawing, "reason")}),
        "is_steward": can_steward(user, shown.dataset, today),
        "is_officer": can_approve(user, shown.dataset, today),
        "today": today,
    }
    return render(request, "datasets/desk/version.html", context)


@role_required(*STEWARD)
@require_POST
def twin(request: HttpRequest, version_uuid: uuid.UUID) -> HttpResponse:
    """Have a synthetic twin of the version made, and lead to it."""
    shown = _version(request, version_uuid)
    try:
        made = make_twin(version=shown, by=signed_in(request), at=timezone.now())
    except DeskRefused as refused:
        messages.error(request, str(refused))
        return redirect("datasets:desk_version", shown.uuid)
    messages.success(request, _("The synthetic twin is a dataset of its own: assess, sign and release it here."))
    return redirect("datasets:desk_dataset", made.code)


@role_required(*STEWARD)
@require_POST
def grant(request: HttpRequest, version_uuid: uuid.UUID) -> HttpResponse:
    """Let somebody use the version."""
    shown, form = _version(request, version_uuid), GrantForm(request.POST, on=timezone.localdate())

    def action(by: Any) -> None:
        if not form.is_valid():
            first = next(iter(form.errors.values()))
            raise DeskRefused("unusable", problem=str(first[0]))
        values = dict(form.cleaned_data)
        grant_access(version=shown, user=values.pop("username"), by=by, at=timezone.now(), **values)

    return act(request, action, done=_("Granted."), to="datasets:desk_version", version_uuid=version_uuid)


@role_required(*DESK)
@require_POST
def revoke(request: HttpRequest, grant_uuid: uuid.UUID) -> HttpResponse:
    """End a grant."""
    shown = get_object_or_404(access_grants_for(signed_in(request), timezone.localdate()), uuid=grant_uuid)
    return act(
        request,
        lambda by: revoke_access(grant=shown, reason=request.POST.get("reason", ""), by=by, at=timezone.now()),
        done=_("The grant has ended; the data leaves open labs within a minute."),
        to="datasets:desk_version",
        version_uuid=shown.version.uuid,
    )


@role_required(*DESK)
@require_POST
def withdraw(request: HttpRequest, version_uuid: uuid.UUID) -> HttpResponse:
    """Withdraw the version: labs that use it freeze."""
    shown, reason = _version(request, version_uuid), request.POST.get("reason", "")
    if not reason.strip():
        messages.error(request, str(DeskRefused("no_reason")))
        return redirect("datasets:desk_version", version_uuid)
    question = ask_first(
        request,
        title=_("Withdraw the version?"),
        text=_(
            "For good: its files leave every lab, its grants end and labs that use it freeze at once; the owners of the"
            " labs and everybody on the data desk are told why."
        ),
        button=pgettext("data desk", "Withdraw"),
    )
    if question is not None:
        return question
    return act(
        request,
        lambda by: withdraw_version(version=shown, reason=reason[:1000], by=by, at=timezone.now()),
        done=_("The version is withdrawn. Labs that use it are frozen and their owners are told."),
        to="datasets:desk_version",
        version_uuid=version_uuid,
    )


@role_required(*STEWARD)
@require_POST
def renew(request: HttpRequest, version_uuid: uuid.UUID) -> HttpResponse:
    """Write a new report on the version, for a privacy officer to sign."""
    shown = _version(request, version_uuid)
    return act(
        request,
        lambda by: prepare_renewal(version=shown, by=by, at=timezone.now()),
        done=_("The report waits for a privacy officer."),
        to="datasets:desk_version",
        version_uuid=version_uuid,
    )


@login_required
@require_safe
def report(request: HttpRequest, report_uuid: uuid.UUID) -> HttpResponse:
    """Show a risk report: an approved one for everybody who is signed in, any one for the desk."""
    return render(request, "datasets/desk/report.html", report_context(_report(request, report_uuid)))


@login_required
@require_safe
def report_paper(request: HttpRequest, report_uuid: uuid.UUID) -> HttpResponse:
    """Show the same on paper (PDF)."""
    shown = _report(request, report_uuid)
    response = HttpResponse(report_pdf(shown), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="risk-{shown.draft.dataset.code}-{shown.pk}.pdf"'
    return response


def _report(request: HttpRequest, report_uuid: uuid.UUID) -> RiskReport:
    user, today = signed_in(request), timezone.localdate()
    reports = RiskReport.objects.select_related("draft__dataset", "draft__version", "prepared_by", "approved_by")
    shown = get_object_or_404(reports, uuid=report_uuid)
    if not shown.passports.exists() and not access_reports_for(user, today).filter(pk=shown.pk).exists():
        raise Http404
    return shown
