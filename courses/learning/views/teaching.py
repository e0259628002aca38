"""Pages of those who look after the learners of runs."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from courses.catalog.models import CourseRun
from courses.learning import actions
from courses.learning.actions import LineProblem, ListRefused
from courses.learning.errors import LearningRefused
from courses.learning.forms import ListForm
from courses.learning.permissions import ENROLLERS, READERS, teaches
from courses.learning.rosters import access_roster_for, roster_lines, run_lines_for, search_roster
from portal.pages.queries import spoken_language
from portal.users.models import Role, User
from portal.users.permissions import role_required, signed_in
from portal.users.rights import has_role

PAGE_SIZE = 50
MOST_TOLD = 20
BAD_REQUEST = 400
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


@role_required(*READERS)
@never_cache
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """List the runs whose learners the reader looks after."""
    now = timezone.now()
    found = run_lines_for(signed_in(request), timezone.localdate(now), now)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "learning/runs.html", {"page_obj": page, "now": now})


@role_required(*READERS)
@never_cache
@require_GET
def roster(request: HttpRequest, code: str) -> HttpResponse:
    """List the learners of a run with progress, requirements and last activity."""
    user, now = signed_in(request), timezone.now()
    run, on, text = _run(user, code), timezone.localdate(now), _text(request)
    places = search_roster(access_roster_for(user, run, on), text)
    page = Paginator(places, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "page_obj": page,
        "lines": roster_lines(list(page.object_list), spoken_language(), now),
        "text": text,
        "query": urlencode({"q": text} if text else {}),
        "may_enroll": _may_enroll(user, run),
        "sees_work": _teaches(user, run),
    }
    return render(request, "learning/roster.html", context)


@role_required(*ENROLLERS)
@never_cache
@require_http_methods(["GET", "POST"])
def enroll_others(request: HttpRequest, code: str) -> HttpResponse:
    """Enroll the people of a pasted list, all of them or nobody."""
    user = signed_in(request)
    run = _run(user, code)
    if not _may_enroll(user, run):
        raise Http404
    form = ListForm(request.POST or None)
    problems: list[LineProblem] = []
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.enroll_listed(run=run, lines=form.cleaned_data["people"], by=user, at=timezone.now())
        except ListRefused as refused:
            problems = refused.problems
            form.add_error("people", _("Nobody was enrolled: some lines need correcting, see below."))
        except LearningRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            message = ngettext("%(number)d person is enrolled.", "%(number)d people are enrolled.", len(done.places))
            messages.success(request, message % {"number": len(done.places)})
            if done.skipped:
                messages.info(request, _told(done.skipped))
            return redirect("learning:roster", run.code)
    context = {"run": run, "form": form, "problems": problems, "teaches": _teaches(user, run)}
    return render(request, "learning/enroll_others.html", context, status=BAD_REQUEST if form.errors else 200)


@role_required(*ENROLLERS)
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw_other(request: HttpRequest, code: str, place_uuid: uuid.UUID) -> HttpResponse:
    """Ask, then take a learner's place in a run."""
    user = signed_in(request)
    run = _run(user, code)
    reach = access_roster_for(user, run, timezone.localdate(), Role.INSTRUCTOR.value)
    place = reach.filter(uuid=place_uuid).first()
    if place is None:
        raise Http404
    if request.method == "GET":
        return render(request, "learning/withdraw_other.html", {"run": run, "place": place})
    try:
        actions.withdraw_other(enrollment=place, by=user, at=timezone.now())
    except LearningRefused:
        messages.warning(request, _("%(name)s has completed this run; it stays recorded.") % {"name": place.user.name})
    else:
        messages.info(
            request, _("%(name)s has no place in this run any more and was told.") % {"name": place.user.name}
        )
    return redirect("learning:roster", run.code)


@role_required(*READERS)
@never_cache
@require_GET
def export_workbook(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the roster as a workbook."""
    return _export(request, code, "xlsx")


@role_required(*READERS)
@never_cache
@require_GET
def export_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the roster as CSV."""
    return _export(request, code, "csv")


def _export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    run = _run(user, code)
    content = actions.export_run_roster(
        run=run, text=_text(request), kind=kind, language=spoken_language(), by=user, at=now
    )
    name = f"{run.name} {timezone.localdate(now):%Y-%m-%d}.{kind}"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=TYPES[kind], headers={"Content-Disposition": disposition})


def _told(skipped: list[LineProblem]) -> str:
    """Return which lines of the list were left out, and why."""
    line = _("line %(number)d: %(text)s (%(reason)s)")
    facts = [{"number": one.number, "text": one.text[:40], "reason": one.reason} for one in skipped]
    lines = [line % each for each in facts[:MOST_TOLD]]
    more = [_("and %(number)d more") % {"number": len(facts) - MOST_TOLD}] if len(facts) > MOST_TOLD else []
    return _("Skipped: %(lines)s") % {"lines": _("; ").join([*lines, *more])}


def _run(user: User, code: str) -> CourseRun:
    """Return a run whose learners the reader looks after; 404 for any other.
    A personnel officer reads past runs too."""
    now = timezone.now()
    on = timezone.localdate(now)
    run = CourseRun.objects.select_related("course").filter(code=code).first()
    if run is None or not (has_role(user, Role.HR, on=on) or teaches(user, run, on)):
        raise Http404
    return run


def _teaches(user: User, run: CourseRun) -> bool:
    return teaches(user, run, timezone.localdate(), Role.INSTRUCTOR.value)


def _may_enroll(user: User, run: CourseRun) -> bool:
    return has_role(user, Role.HR, on=timezone.localdate()) or _teaches(user, run)


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:80]
