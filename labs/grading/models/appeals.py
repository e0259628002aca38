"""A trainee's objection to the result of a question, and its one answer. Neither is ever changed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from labs.assignments.models import LabQuestion

from .grades import Grade
from .submissions import Submission


class Appeal(models.Model):
    """A trainee's objection, once for each question of a submission, to the grade that held then."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="appeals")
    question = models.ForeignKey(LabQuestion, on_delete=models.PROTECT, related_name="appeals")
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="appeals")
    text = models.TextField(max_length=1000)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "question"],
                name="appeal_once_per_question",
                violation_error_message=_("This question has been appealed already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.question_id}"


class AppealAnswer(models.Model):
    """The instructor's answer: accepted, with the points given then, or rejected with a reason."""

    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, related_name="answer")
    is_accepted = models.BooleanField()
    text = models.TextField(max_length=1000)
    score = models.PositiveIntegerField(null=True, blank=True, help_text="Hundredths; empty where rejected.")
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return "accepted" if self.is_accepted else "rejected"
