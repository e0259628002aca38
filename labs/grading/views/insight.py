"""What the answers of an assignment have in common: item analysis, clusters of failing answers, similarity."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from labs.assignments.models import LabAssignment, LabQuestion
from labs.assignments.permissions import TEACHING_ROLES
from labs.grading.actions.giving import give_feedback
from labs.grading.actions.similarity import request_report
from labs.grading.forms.desk import FeedbackForm
from labs.grading.models import SimilarityReport, SimilarPair
from labs.grading.queries.items import clusters_of, items_of
from labs.grading.queries.similarity import newest_attempts, side_by_side
from labs.grading.wording import tag_of, verdict_label
from portal.queue.models import WorkStatus
from portal.users.permissions import role_required

from .reach import reader_of, taught_assignment


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def items(request: HttpRequest, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Show how each question of the assignment does."""
    assignment = taught_assignment(request, assignment_uuid)
    found = items_of(assignment)
    lines = [(item, [(tag_of(verdict), number) for verdict, number in item.verdicts]) for item in found]
    context = {"assignment": assignment, "lines": lines, "trainees": newest_attempts(assignment).count()}
    return render(request, "grading/items.html", context)


@role_required(*TEACHING_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def clusters(request: HttpRequest, assignment_uuid: uuid.UUID, question_id: int) -> HttpResponse:
    """Failing answers to a question by kind; one comment goes to everybody of a kind."""
    assignment = taught_assignment(request, assignment_uuid)
    question = assignment.release.questions.filter(pk=question_id).first()
    if question is None:
        raise Http404
    found = clusters_of(assignment, question)
    wanted = request.POST.get("cluster", "")
    form = FeedbackForm(request.POST or None, prefix=wanted)
    if request.method == "POST" and form.is_valid() and _comment(request, assignment, question, wanted, form):
        return redirect("grading:clusters", assignment.uuid, question.pk)
    lines = [
        (each, verdict_label(each.verdict), form if each.key == wanted else FeedbackForm(prefix=each.key))
        for each in found
    ]
    context = {"assignment": assignment, "question": question, "lines": lines}
    return render(request, "grading/clusters.html", context, status=400 if form.errors else 200)


def _comment(
    request: HttpRequest, assignment: LabAssignment, question: LabQuestion, key: str, form: FeedbackForm
) -> bool:
    cluster = next((each for each in clusters_of(assignment, question) if each.key == key), None)
    if cluster is None:
        messages.error(request, _("These answers have changed meanwhile. Look again."))
        return True
    number = give_feedback(
        submissions=cluster.submissions, question=question, text=form.cleaned_data["text"], by=reader_of(request),
        at=timezone.now(),
    )  # fmt: skip
    said = ngettext("%(number)s trainee has your comment.", "%(number)s trainees have your comment.", number)
    messages.info(request, said % {"number": number})
    return True


@role_required(*TEACHING_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def similarity(request: HttpRequest, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Show the newest similarity report of an assignment, its progress, or the start of one."""
    assignment = taught_assignment(request, assignment_uuid)
    if request.method == "POST":
        request_report(assignment=assignment, by=reader_of(request), at=timezone.now())
        messages.success(request, _("The submissions are being compared; the result appears here."))
        return redirect("grading:similarity", assignment.uuid)
    report = SimilarityReport.objects.filter(assignment=assignment).order_by("-pk").first()
    pairs = SimilarPair.objects.none()
    if report is not None and report.status == WorkStatus.DONE:
        pairs = report.pairs.select_related("left__user", "right__user").order_by("-percent", "-fingerprints", "pk")
    titles = dict(assignment.release.questions.values_list("grade_id", "title"))
    context = {
        "assignment": assignment,
        "report": report,
        "is_working": report is not None and report.status in (WorkStatus.QUEUED, WorkStatus.RUNNING),
        "has_failed": report is not None and report.status == WorkStatus.NEEDS_PERSON,
        "lines": [(pair, titles.get(pair.grade_id, pair.grade_id)) for pair in pairs[:500]],
        "submissions": newest_attempts(assignment).count(),
    }
    return render(request, "grading/similarity.html", context)


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def pair(request: HttpRequest, assignment_uuid: uuid.UUID, pair_id: int) -> HttpResponse:
    """Two answers side by side, what they share marked."""
    assignment = taught_assignment(request, assignment_uuid)
    found = (
        SimilarPair.objects.filter(pk=pair_id, report__assignment=assignment)
        .select_related("report__assignment__release", "left__user", "right__user")
        .first()
    )
    if found is None:
        raise Http404
    left, right = side_by_side(found)
    title = assignment.release.questions.filter(grade_id=found.grade_id).values_list("title", flat=True).first()
    sides = [(found.left, left), (found.right, right)]
    context = {"assignment": assignment, "pair": found, "sides": sides, "title": title or found.grade_id}
    return render(request, "grading/pair.html", context)
