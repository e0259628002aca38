"""Courses, their lessons and runs. Plain rows carry the record; Wagtail pages (`pages.py`) present them per language."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.partners.models import PartnerProgram
from portal.constraints import ConstraintsAtFields

from .pages import CourseIndexPage, CoursePage, LessonPage

__all__ = ["Course", "CourseIndexPage", "CoursePage", "CourseRun", "Delivery", "Lesson", "LessonPage"]


class Course(models.Model):
    """A course: what enrollments, hours and awards point at, whatever happens to its pages."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    program = models.ForeignKey(
        PartnerProgram,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="courses",
        verbose_name=_("partner program"),
        help_text=_("The partner program responsible for the course."),
    )
    hours = models.PositiveIntegerField(
        _("learning hours"), help_text=_("In hundredths, credited for completing the course: 400 is 4 learning hours.")
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self) -> str:
        return self.title

    def title_in(self, language: str) -> str:
        """Return the title in a language, Chinese where there is no other."""
        return (self.title_en if language == "en" else "") or self.title


class Lesson(ConstraintsAtFields):
    """A lesson of a course, in order. A lesson block is (lesson uuid, block uuid)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lessons", verbose_name=_("course"))
    code = models.SlugField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    order = models.PositiveSmallIntegerField(_("place in the course"))
    minimum_seconds = models.PositiveIntegerField(
        _("least reading time"),
        default=60,
        help_text=_("Seconds of reading, counted by the server, after which the lesson may be completed."),
    )
    is_required = models.BooleanField(pgettext_lazy("lesson", "required"), default=True)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        constraints = [
            models.UniqueConstraint(
                fields=["course", "code"],
                name="lesson_code_once_in_course",
                violation_error_message=_("Another lesson of this course has this code."),
            ),
            models.UniqueConstraint(
                fields=["course", "order"],
                name="lesson_order_once_in_course",
                violation_error_message=_("Another lesson of this course stands in this place."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def title_in(self, language: str) -> str:
        """Return the title in a language, Chinese where there is no other."""
        return (self.title_en if language == "en" else "") or self.title


class Delivery(models.TextChoices):
    """How a run is taught."""

    ONLINE = "online", _("Online")
    BLENDED = "blended", _("Blended")
    ONSITE = "onsite", _("On site")


class CourseRunQuerySet(models.QuerySet["CourseRun"]):
    """Filters over runs."""

    def open_for_enrollment(self, at: datetime) -> CourseRunQuerySet:
        """Return runs in which a learner may enroll at the given instant."""
        return self.filter(enroll_opens_at__lte=at, enroll_closes_at__gt=at)


class CourseRun(ConstraintsAtFields):
    """One holding of a course (班次), with its enrollment and teaching windows."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="runs", verbose_name=_("course"))
    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery.choices, default=Delivery.ONLINE)
    enroll_opens_at = models.DateTimeField(_("enrollment opens"))
    enroll_closes_at = models.DateTimeField(_("enrollment closes"))
    starts_at = models.DateTimeField(_("teaching begins"))
    ends_at = models.DateTimeField(_("teaching ends"))
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True, help_text=_("Empty: as many as come."))

    objects = CourseRunQuerySet.as_manager()
    constraint_fields = {"run_enrollment_window": "enroll_closes_at", "run_teaching_window": "ends_at"}

    class Meta:
        verbose_name = _("course run")
        verbose_name_plural = _("course runs")
        constraints = [
            models.CheckConstraint(
                condition=Q(enroll_closes_at__gt=F("enroll_opens_at")),
                name="run_enrollment_window",
                violation_error_message=_("Enrollment must close later than it opens."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="run_teaching_window",
                violation_error_message=_("Teaching must end later than it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
