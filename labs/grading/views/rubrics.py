"""Rubrics of questions and the comments that the instructors of a course share."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from courses.catalog.models import Course
from labs.assignments.permissions import TEACHING_ROLES
from labs.grading.actions.library import CommentGone, ShortcutTaken, add_comment, change_comment, retire_comment
from labs.grading.actions.rubrics import write_rubric
from labs.grading.forms.desk import RubricForm, StockCommentForm
from labs.grading.models import Rubric, StockComment
from labs.grading.queries.library import access_stock_courses_for, comments_of, may_change
from labs.grading.queries.rubrics import criteria_of, current_rubric
from portal.users.permissions import role_required

from .reach import known_question, reader_of


@role_required(*TEACHING_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rubric(request: HttpRequest, question_id: int) -> HttpResponse:
    """Write the criteria of a question; each change is a new version, and given marks keep theirs."""
    question = known_question(request, question_id)
    current = current_rubric(question)
    criteria = criteria_of(current) if current else ()
    form = RubricForm(request.POST or None, criteria=criteria, most=question.max_score)
    if request.method == "POST" and form.is_valid():
        written = write_rubric(
            question=question, criteria=form.cleaned_data["criteria"], by=reader_of(request), at=timezone.now()
        )
        messages.info(request, _("Version %(number)s of the rubric holds now.") % {"number": written.number})
        return redirect("grading:rubric", question.pk)
    versions = Rubric.objects.filter(lab=question.release.lab_id, grade_id=question.grade_id)
    context = {
        "question": question,
        "lab": question.release.lab,
        "form": form,
        "current": current,
        "versions": versions.select_related("created_by").order_by("-number"),
    }
    return render(request, "grading/rubric.html", context, status=400 if form.errors else 200)


@role_required(*TEACHING_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, course_code: str) -> HttpResponse:
    """Show the comments of a course, and one more."""
    course = _course(request, course_code)
    form = StockCommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            add_comment(
                course=course, shortcut=given["shortcut"], text=given["text"], by=reader_of(request), at=timezone.now()
            )
        except ShortcutTaken:
            form.add_error("shortcut", _taken())
        else:
            messages.info(request, _("The comment is in the library."))
            return redirect("grading:comments", course.code)
    user, on = reader_of(request), timezone.localdate()
    lines = [(each, may_change(user, each, on)) for each in comments_of(course)]
    context = {"course": course, "form": form, "lines": lines}
    return render(request, "grading/comments.html", context, status=400 if form.errors else 200)


@role_required(*TEACHING_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, course_code: str, comment_uuid: uuid.UUID) -> HttpResponse:
    """Rewrite an own comment."""
    course = _course(request, course_code)
    found = _comment(course, comment_uuid)
    if not may_change(reader_of(request), found, timezone.localdate()):
        raise PermissionDenied
    form = StockCommentForm(request.POST or None, initial={"shortcut": found.shortcut, "text": found.text})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            change_comment(
                comment=found, shortcut=given["shortcut"], text=given["text"], by=reader_of(request), at=timezone.now()
            )
        except ShortcutTaken:
            form.add_error("shortcut", _taken())
        except CommentGone:
            messages.info(request, _("Somebody has changed this comment meanwhile."))
            return redirect("grading:comments", course.code)
        else:
            messages.info(request, _("The comment is rewritten; marks that used it keep their text."))
            return redirect("grading:comments", course.code)
    context = {"course": course, "comment": found, "form": form}
    return render(request, "grading/comment.html", context, status=400 if form.errors else 200)


@role_required(*TEACHING_ROLES)
@require_POST
def retire(request: HttpRequest, course_code: str, comment_uuid: uuid.UUID) -> HttpResponse:
    """Take a comment out of the library."""
    course = _course(request, course_code)
    retire_comment(comment=_comment(course, comment_uuid), by=reader_of(request), at=timezone.now())
    messages.info(request, _("The comment is no longer offered; marks that used it keep their text."))
    return redirect("grading:comments", course.code)


def _taken() -> str:
    return _("Another comment of this course has this shortcut.")


def _comment(course: Course, comment_uuid: uuid.UUID) -> StockComment:
    """Return a comment in use, or one that was retired meanwhile: the action says so."""
    found = course.stock_comments.filter(uuid=comment_uuid).select_related("course", "created_by").first()
    if found is None:
        raise Http404
    return found


def _course(request: HttpRequest, code: str) -> Course:
    course = access_stock_courses_for(reader_of(request), timezone.localdate()).filter(code=code).first()
    if course is None:
        raise Http404
    return course
