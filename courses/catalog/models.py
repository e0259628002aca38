"""Courses, their lessons and runs. Plain rows carry the record; Wagtail pages (`pages.py`) present them per language."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.partners.models import PartnerProgram

from .pages import CourseIndexPage, CoursePage, LessonPage

__all__ = ["Course", "CourseIndexPage", "CoursePage", "CourseRun", "Delivery", "Lesson", "LessonPage"]


class Course(models.Model):
    """A course: what enrolments, hours and awards point at, whatever happens to its pages."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    program = models.ForeignKey(
        PartnerProgram, null=True, blank=True, on_delete=models.PROTECT, related_name="courses",
        help_text="The partner programme responsible for the course.",
    )
    hours = models.PositiveIntegerField(help_text="Learning hours (学时) in hundredths for completing the course.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    """A lesson of a course, in order. A lesson block is (lesson uuid, block uuid)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lessons")
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    order = models.PositiveSmallIntegerField()
    minimum_seconds = models.PositiveIntegerField(
        default=60, help_text="Seconds of server-verified reading after which the lesson may be completed."
    )
    is_required = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "code"], name="lesson_code_once_in_course"),
            models.UniqueConstraint(fields=["course", "order"], name="lesson_order_once_in_course"),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.TextChoices):
    """How a run is taught."""

    ONLINE = "online", _("Online")
    BLENDED = "blended", _("Blended")
    ONSITE = "onsite", _("On site")


class CourseRunQuerySet(models.QuerySet["CourseRun"]):
    """Filters over runs."""

    def open_for_enrollment(self, at: datetime) -> CourseRunQuerySet:
        """Runs in which a learner may enrol at the given instant."""
        return self.filter(enroll_opens_at__lte=at, enroll_closes_at__gt=at)


class CourseRun(models.Model):
    """One holding of a course (班次), with its enrolment and teaching windows."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="runs")
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    delivery = models.CharField(max_length=10, choices=Delivery.choices, default=Delivery.ONLINE)
    enroll_opens_at = models.DateTimeField()
    enroll_closes_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveIntegerField(null=True, blank=True)

    objects = CourseRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(enroll_closes_at__gt=F("enroll_opens_at")), name="run_enrollment_window"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="run_teaching_window"),
        ]

    def __str__(self) -> str:
        return self.name
