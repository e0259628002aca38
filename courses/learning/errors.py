"""Why something about learning cannot be done. The message is for the person."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LearningRefused(Exception):
    """Something that a rule of the run or the lesson does not allow now; `str()` says why and what to do."""


class EnrollmentClosed(LearningRefused):
    """The run does not take learners now."""

    def __init__(self) -> None:
        super().__init__(_("Enrollment in this run is not open. Look at its dates, or choose another run."))


class RunIsFull(LearningRefused):
    """No place is left."""

    def __init__(self) -> None:
        super().__init__(
            _("All places in this run are taken. Choose another run, or ask again when somebody withdraws.")
        )


class AlreadyEnrolled(LearningRefused):
    """The person is in the run, or has completed it."""

    def __init__(self) -> None:
        super().__init__(_("You are enrolled in this run already."))


class NotTeachingNow(LearningRefused):
    """Nothing is recorded outside the teaching window."""

    def __init__(self) -> None:
        super().__init__(_("This run is not being taught now, so nothing is recorded. You can still read the lessons."))


class ReadLonger(LearningRefused):
    """The server has not seen enough reading."""

    def __init__(self, seconds_left: int) -> None:
        self.seconds_left = seconds_left
        super().__init__(
            ngettext(
                "Please read on: %(seconds)d more second is needed before this lesson can be completed.",
                "Please read on: %(seconds)d more seconds are needed before this lesson can be completed.",
                seconds_left,
            )
            % {"seconds": seconds_left}
        )

    def without_number(self) -> str:
        """Return the same where the number stands beside it."""
        return _("Not read long enough yet. What you have read so far is kept; please read on.")


class CannotWithdraw(LearningRefused):
    """A completed run stays."""

    def __init__(self) -> None:
        super().__init__(_("You have completed this run; it stays in your record."))
