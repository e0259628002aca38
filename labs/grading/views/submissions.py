"""An instructor's submissions: the list of all, and grading one of them again."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses.catalog.queries import access_runs_for
from labs.assignments.permissions import TEACHING_ROLES
from labs.grading.actions import request_regrade
from labs.grading.forms import SubmissionFilter
from labs.grading.queries import access_taught_submissions_for, in_state, with_history
from portal.users.permissions import role_required

from .reach import reader_of, taught_submission
from .trainee import attempt_lines

PAGE_SIZE = 50


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def submissions(request: HttpRequest) -> HttpResponse:
    """Submissions in the runs that the reader teaches, newest first."""
    form = SubmissionFilter(request.GET, access_runs_for(reader_of(request), timezone.localdate()))
    asked = form.cleaned_data if form.is_valid() else {}
    found = access_taught_submissions_for(reader_of(request), timezone.localdate())
    for name, lookup in (("run", "assignment__run__code"), ("lab", "assignment__lab__code")):
        if asked.get(name):
            found = found.filter(**{lookup: asked[name]})
    found = in_state(found, asked.get("state", "")).order_by("-received_at", "-pk")
    rows = with_history(found.select_related("user", "assignment__lab", "assignment__run"))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = attempt_lines(list(page.object_list))
    query = urlencode({name: str(value) for name, value in request.GET.items() if value and name != "page"})
    context = {"form": form, "page_obj": page, "lines": lines, "query": query}
    return render(request, "grading/submissions.html", context)


@role_required(*TEACHING_ROLES)
@require_POST
def regrade(request: HttpRequest, submission_uuid: uuid.UUID) -> HttpResponse:
    """Grade a submission once more."""
    found = taught_submission(request, submission_uuid)
    request_regrade(submission=found, by=reader_of(request), at=timezone.now())
    messages.info(request, _("The submission waits to be graded again."))
    return redirect("grading:submission", found.uuid)
