"""My learning, places in runs, and the traces that lesson pages leave."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.catalog.models import CourseRun, Lesson
from courses.catalog.queries import page_of_course
from courses.learning import actions
from courses.learning.errors import LearningRefused, ReadLonger
from courses.learning.forms import BeatForm, CompletionForm
from courses.learning.models import Enrollment, LessonProgress
from courses.learning.queries import access_enrollments_for, hours_of, run_progress
from portal.pages.queries import address_of, spoken_language
from portal.users.models import Role, User
from portal.users.permissions import require_role

BAD_REQUEST, CONFLICT = 400, 409


class SignedInRequest(HttpRequest):
    """A request that `login_required` let through."""

    user: User


@login_required
@require_GET
def dashboard(request: SignedInRequest) -> HttpResponse:
    """Show the learner's runs, where to go on, hours of this year, and what upper apps add."""
    now = timezone.now()
    year = timezone.localdate(now).year
    places = access_enrollments_for(request.user).order_by("-last_active_at", "-enrolled_at", "-pk")
    rows = run_progress(places, spoken_language(), now)
    context = {
        "current": [row for row in rows if not row.is_completed],
        "completed": [row for row in rows if row.is_completed],
        "year": year,
        "hours": hours_of(request.user, year),
    }
    return render(request, "learning/dashboard.html", context)


@login_required
@require_POST
def enroll(request: SignedInRequest, code: str) -> HttpResponse:
    """Enroll the reader in a run and lead to the course."""
    now = timezone.now()
    require_role(request.user, Role.LEARNER, on=timezone.localdate(now))
    run = get_object_or_404(CourseRun.objects.select_related("course"), code=code)
    try:
        place = actions.enroll(user=request.user, run=run, by=request.user, at=now)
    except LearningRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        has_begun = place.last_lesson_id is not None
        said = (
            _("You are enrolled in %(run)s again. Go on where you stopped; what you finished still counts.")
            if has_begun
            else _("You are enrolled in %(run)s. Begin with the first lesson.")
        )
        messages.success(request, said % {"run": run.name})
    return HttpResponseRedirect(_course_url(run))


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, code: str) -> HttpResponse:
    """Ask, then give up the reader's place in a run."""
    place = get_object_or_404(access_enrollments_for(request.user), run__code=code)
    if request.method == "GET":
        return render(request, "learning/withdraw.html", {"place": place, "course_url": _course_url(place.run)})
    try:
        actions.withdraw(enrollment=place, by=request.user, at=timezone.now())
    except LearningRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.info(
            request, _("You have withdrawn from %(run)s. What you learned stays recorded.") % {"run": place.run.name}
        )
    return HttpResponseRedirect(reverse("learning:dashboard"))


@login_required
@require_POST
def beat(request: SignedInRequest, lesson_uuid: uuid.UUID) -> JsonResponse:
    """Credit reading time and keep the place; answers how far the lesson is."""
    form = BeatForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": "invalid"}, status=BAD_REQUEST)
    place, lesson = _place_and_lesson(request, form.cleaned_data["run"], lesson_uuid)
    try:
        progress = actions.record_beat(
            enrollment=place,
            lesson=lesson,
            block=form.cleaned_data["block"],
            is_left=form.cleaned_data["is_left"],
            at=timezone.now(),
        )
    except (LearningRefused, LessonProgress.DoesNotExist):
        return JsonResponse({"error": "not_recorded"}, status=CONFLICT)
    return JsonResponse({"seconds": progress.seconds, "left": max(0, lesson.minimum_seconds - progress.seconds)})


@login_required
@require_POST
def complete(request: SignedInRequest, lesson_uuid: uuid.UUID) -> HttpResponse:
    """Complete a lesson, or say how much reading is missing, and lead on."""
    form = CompletionForm(request.POST)
    if not form.is_valid():
        raise Http404
    place, lesson = _place_and_lesson(request, form.cleaned_data["run"], lesson_uuid)
    now = timezone.now()
    target = form.cleaned_data["next"]
    back = target if url_has_allowed_host_and_scheme(target, None) else reverse("learning:dashboard")
    # Said where the eye is: on the page of the lesson inside the part that the address leads to.
    place_of_word = "at:progress" if back.endswith("#progress") else ""
    try:
        actions.complete_lesson(enrollment=place, lesson=lesson, by=request.user, at=now)
    except LearningRefused as refusal:
        if isinstance(refusal, ReadLonger):
            actions.note_refused_completion(
                enrollment=place, lesson=lesson, seconds_left=refusal.seconds_left, by=request.user, at=now
            )
            # On the page of the lesson the number stands beside the button and runs; here it would only fall behind.
            word = refusal.without_number() if place_of_word else str(refusal)
            messages.warning(request, word, extra_tags=place_of_word)
        else:
            messages.warning(request, str(refusal), extra_tags=place_of_word)
    else:
        title = lesson.title_in(spoken_language())
        messages.success(request, _("Lesson completed: %(title)s") % {"title": title}, extra_tags=place_of_word)
    return HttpResponseRedirect(back)


def _place_and_lesson(request: SignedInRequest, run_code: str, lesson_uuid: uuid.UUID) -> tuple[Enrollment, Lesson]:
    """Return the reader's own place and a lesson of its course; 404 for anything else."""
    place = get_object_or_404(access_enrollments_for(request.user), run__code=run_code)
    return place, get_object_or_404(Lesson, uuid=lesson_uuid, course=place.run.course_id)


def _course_url(run: CourseRun) -> str:
    page = page_of_course(run.course, spoken_language())
    return address_of(page) if page else reverse("learning:dashboard")
