"""Instructors' pages of labs: the list, one lab with its releases, upload, assigning, dates."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from courses.catalog.queries import access_courses_for, access_runs_for
from labs.assignments.actions import (
    AssignmentRefused,
    ReleaseRefused,
    assign_lab,
    change_assignment,
    create_lab,
    publish_release,
)
from labs.assignments.forms import AssignForm, LabForm, ReleaseForm, TermsForm, terms_of
from labs.assignments.models import Lab
from labs.assignments.permissions import TEACHING_ROLES
from labs.assignments.queries import access_labs_for, access_taught_assignments_for
from labs.assignments.reports import retirements_in, with_reports
from labs.assignments.storing import StorageFull
from labs.datasets.reaching import granted_versions
from labs.grader.client import GraderAway, GraderSilent, GraderSocket
from labs.grader.protocol import NotebookProblem
from portal.users.models import User
from portal.users.permissions import role_required

PAGE_SIZE = 50


@role_required(*TEACHING_ROLES)
@never_cache
def labs(request: HttpRequest) -> HttpResponse:
    """Labs that the reader may author."""
    page = Paginator(access_labs_for(_reader(request), timezone.localdate()), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(request, "assignments/labs.html", {"page_obj": page})


@role_required(*TEACHING_ROLES)
@never_cache
def new_lab(request: HttpRequest) -> HttpResponse:
    """Make a lab."""
    user, on = _reader(request), timezone.localdate()
    form = LabForm(request.POST or None, courses=access_courses_for(user, on).order_by("title", "pk"))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        lab = create_lab(**asked, program=asked["course"].program, by=user, at=timezone.now())
        messages.success(request, _("The lab is made. Upload its source notebook next."))
        return redirect("assignments:lab", lab.code)
    return render(request, "assignments/new_lab.html", {"form": form}, status=400 if form.is_bound else 200)


@role_required(*TEACHING_ROLES)
@never_cache
def lab(request: HttpRequest, code: str) -> HttpResponse:
    """One lab: its releases and where it is assigned."""
    found = _lab(request, code)
    taught = access_taught_assignments_for(_reader(request), timezone.localdate())
    retired, retired_releases = retirements_in(found)
    context = {
        "lab": found,
        "releases": with_reports(found.releases.select_related("created_by"))
        .prefetch_related("data__version__dataset", "questions")
        .order_by("-number"),
        "assignments": taught.filter(lab=found),
        "retired": retired,
        "retired_releases": retired_releases,
    }
    return render(request, "assignments/lab.html", context)


@role_required(*TEACHING_ROLES)
@never_cache
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Check a source notebook and release it; what is wrong is shown by cell."""
    found = _lab(request, code)
    versions = granted_versions(_reader(request), timezone.localdate())
    form = ReleaseForm(request.POST or None, request.FILES or None, versions=versions)
    problems: list[NotebookProblem] = []
    if request.method == "POST" and form.is_valid():
        files = {file.name: file.read() for file in form.cleaned_data["beside"]}
        try:
            release = publish_release(
                lab=found,
                source=form.cleaned_data["source"].read(),
                files=files,
                versions=form.cleaned_data["versions"],
                grader=GraderSocket.from_settings(),
                by=_reader(request),
                at=timezone.now(),
            )
            messages.info(request, _("Release %(number)s is made and being checked.") % {"number": release.number})
            return redirect("assignments:report", found.code, release.number)
        except ReleaseRefused as refusal:
            problems = refusal.problems
        except (GraderAway, GraderSilent):
            form.add_error(
                None, _("The grader cannot be reached, so the notebook was not checked. Try again in a minute.")
            )
        except StorageFull:
            form.add_error(
                None, _("The server has no room for the files. Nothing was released; tell the administrator.")
            )
    status = 400 if request.method == "POST" else 200
    return render(request, "assignments/upload.html", {"lab": found, "form": form, "problems": problems}, status=status)


@role_required(*TEACHING_ROLES)
@never_cache
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Put a release before a run."""
    found, user = _lab(request, code), _reader(request)
    runs = access_runs_for(user, timezone.localdate()).filter(course=found.course).order_by("-starts_at", "pk")
    form = AssignForm(request.POST or None, lab=found, runs=runs)
    if request.method == "POST" and form.is_valid():
        try:
            assign_lab(lab=found, **form.cleaned_data, by=user, at=timezone.now())
            messages.success(request, _("The lab is assigned; the run's learners see it now."))
            return redirect("assignments:lab", found.code)
        except AssignmentRefused as refusal:
            form.add_error("run" if refusal.code == "already" else "release", _refusal(refusal))
    return render(
        request, "assignments/assign.html", {"lab": found, "form": form}, status=400 if form.is_bound else 200
    )


@role_required(*TEACHING_ROLES)
@never_cache
def assignment(request: HttpRequest, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Change dates, attempts or release of an assignment."""
    user = _reader(request)
    found = access_taught_assignments_for(user, timezone.localdate()).filter(uuid=assignment_uuid).first()
    if found is None:
        raise Http404
    form = TermsForm(request.POST or None, lab=found.lab, initial=terms_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            change_assignment(assignment=found, **form.cleaned_data, by=user, at=timezone.now())
            messages.success(request, _("The assignment is changed."))
            return redirect("assignments:assignments")
        except AssignmentRefused as refusal:
            form.add_error("release", _refusal(refusal))
    context = {"assignment": found, "form": form}
    return render(request, "assignments/assignment.html", context, status=400 if form.is_bound else 200)


@role_required(*TEACHING_ROLES)
@never_cache
def assignments(request: HttpRequest) -> HttpResponse:
    """Show assignments of the runs that the reader teaches, of one run with `?run=`."""
    found = access_taught_assignments_for(_reader(request), timezone.localdate())
    if run := request.GET.get("run"):
        found = found.filter(run__code=run)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "assignments/assignments.html", {"page_obj": page, "now": timezone.now()})


def _refusal(refusal: AssignmentRefused) -> str:
    reasons = {
        "already": _("This run has the lab already. Change that assignment instead."),
        "checking": _("This release is being checked. Assign it when the check has passed."),
        "unchecked": _("This release has no finished check. Have it checked on its report, then assign it."),
        "red": _("This release did not pass its check. Look at its report and upload a corrected notebook."),
        "retired": _("This lab or release is retired. Bring it back on the lab's page, then assign it."),
        "passport": _("Data that this release reads may not be used now. Ask its data steward."),
    }
    return reasons.get(refusal.code, _("The lab cannot be assigned like this."))


def _lab(request: HttpRequest, code: str) -> Lab:
    found = access_labs_for(_reader(request), timezone.localdate()).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)
