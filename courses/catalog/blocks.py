"""Blocks that only lessons have."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from portal.pages.blocks import BodyBlock
from portal.pages.queries import spoken_language

from .labs import lab_card, lab_choices


class LabBlock(blocks.StructBlock):
    """The way into a lab: title, state, deadline, attempts, score and one large action, for whoever reads."""

    lab = blocks.ChoiceBlock(label=_("Lab"), choices=lab_choices)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the card of the lab as this reader sees it."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        request = context.get("request")
        user = getattr(request, "user", None)
        try:
            context["card"] = lab_card(uuid.UUID(value["lab"]), user, spoken_language())
        except (TypeError, ValueError):
            context["card"] = None
        return context

    class Meta:
        icon = "code"
        label = _("Lab")
        template = "catalog/blocks/lab.html"


class QuizPlaceBlock(blocks.StructBlock):
    """The place where a quiz will stand. Readers see nothing of it until there are quizzes."""

    note = blocks.CharBlock(
        label=_("Note"),
        required=False,
        max_length=200,
        help_text=_("Quizzes are not available yet: this keeps the place for one. Learners see nothing here."),
    )

    class Meta:
        icon = "help"
        label = _("Quiz (place kept)")
        template = "catalog/blocks/quiz_place.html"


class LessonBlock(BodyBlock):
    """The body of a lesson."""

    quiz_place = QuizPlaceBlock()
    lab = LabBlock()
