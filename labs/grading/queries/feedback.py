"""Words of instructors to their trainees."""

from __future__ import annotations

from labs.grading.models import Feedback, Submission


def feedback_of(submission: Submission) -> dict[str, Feedback]:
    """Words of instructors that hold, by grade id."""
    found = Feedback.objects.current().filter(submission=submission)
    return {each.question.grade_id: each for each in found.select_related("question", "written_by").order_by("pk")}
