"""An author's pages of checks: the report on a release, asking for another, and the lab's wrong answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labs.assignments.actions import WrongAnswerRefused, add_wrong_answer, drop_wrong_answer, request_report
from labs.assignments.forms import WrongAnswersForm
from labs.assignments.models import Lab, LabRelease
from labs.assignments.permissions import TEACHING_ROLES
from labs.assignments.queries import access_labs_for
from labs.assignments.reports import SECTIONS, findings_of, latest_report, sections_of, waiting_before, wrong_answers_of
from labs.assignments.storing import StorageFull
from portal.users.permissions import role_required, signed_in


@role_required(*TEACHING_ROLES)
@never_cache
@require_safe
def report(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show the newest report on a release; while it is made, how far it is."""
    release = _release(_lab(request, code), number)
    newest = latest_report(release)
    context: dict[str, Any] = {"lab": release.lab, "release": release, "report": newest}
    if newest is not None and newest.is_waiting:
        stage = SECTIONS.get(newest.stage)
        context |= {"stage": stage, "before": waiting_before(newest)}
    elif newest is not None:
        context |= {"findings": findings_of(newest), "sections": sections_of(newest)}
    return render(request, "assignments/report.html", context)


@role_required(*TEACHING_ROLES)
@require_POST
def check_again(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Have a release checked now."""
    release = _release(_lab(request, code), number)
    request_report(release=release, by=signed_in(request), at=timezone.now())
    messages.success(request, _("The release is being checked; the result appears here."))
    return redirect("assignments:report", code, number)


@role_required(*TEACHING_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wrong_answers(request: HttpRequest, code: str) -> HttpResponse:
    """List the lab's wrong answers, and keep those that are uploaded."""
    lab = _lab(request, code)
    form = WrongAnswersForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _keep(request, lab, form):
        messages.success(request, _("The wrong answers are kept. Have the release checked again to use them."))
        return redirect("assignments:wrong_answers", lab.code)
    newest = lab.releases.order_by("-number").first()
    context = {"lab": lab, "form": form, "answers": wrong_answers_of(lab), "newest": newest}
    status = 400 if request.method == "POST" else 200
    return render(request, "assignments/wrong_answers.html", context, status=status)


@role_required(*TEACHING_ROLES)
@require_POST
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Let later checks do without a wrong answer."""
    lab = _lab(request, code)
    answer = wrong_answers_of(lab).filter(name=request.POST.get("name", "")).first()
    if answer is None:
        raise Http404
    drop_wrong_answer(answer=answer, by=signed_in(request), at=timezone.now())
    messages.success(
        request, _("“%(name)s” is used in no later check. Upload it again to take it back.") % {"name": answer.name}
    )
    return redirect("assignments:wrong_answers", lab.code)


def _keep(request: HttpRequest, lab: Lab, form: WrongAnswersForm) -> bool:
    """Keep every uploaded file; what cannot be kept is said in the form."""
    reasons = {
        "too_many": _("A lab has at most 20 wrong answers. Drop some first."),
        "no_notebook": _("“%(name)s” is no notebook that can be read."),
    }
    for file in form.cleaned_data["answers"]:
        try:
            add_wrong_answer(lab=lab, name=file.name, content=file.read(), by=signed_in(request), at=timezone.now())
        except WrongAnswerRefused as refusal:
            form.add_error("answers", reasons[refusal.code] % {"name": file.name})
        except StorageFull:
            form.add_error(None, _("The server has no room for the files; tell the administrator."))
    return not form.errors


def _lab(request: HttpRequest, code: str) -> Lab:
    found = access_labs_for(signed_in(request), timezone.localdate()).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _release(lab: Lab, number: int) -> LabRelease:
    found = LabRelease.objects.filter(lab=lab, number=number).select_related("lab").first()
    if found is None:
        raise Http404
    return found
