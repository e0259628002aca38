"""Exchange commands of an author, and what the portal does in their place."""

from __future__ import annotations

from pathlib import Path

from chengxue_exchange.portal import Exchange
from nbgrader.exchange import abc


class ReleaseAssignment(Exchange, abc.ExchangeReleaseAssignment):
    """Hands a lab's source and its trainee's version to the portal, which makes a release of them."""

    def copy_files(self) -> None:
        """Send both folders. Fails before `generate_assignment` made the second one."""
        for kind in ("source", "release"):
            pattern = getattr(self.coursedir, f"{kind}_directory")
            folder = Path(self.coursedir.format_path(pattern, ".", self.coursedir.assignment_id))
            if not folder.is_dir():
                self.fail(f"请先运行 / first run: nbgrader generate_assignment ({folder})")
            packed = self.pack(folder)
            self.call("PUT", self.address("release.zip"), params={"kind": kind}, content=packed)
        self.log.info("Released %s %s", self.coursedir.course_id, self.coursedir.assignment_id)


class _InThePortal(Exchange):
    reason = ""

    def init_src(self) -> None:
        """Say where this is done instead."""
        self.fail(self.reason)

    def copy_files(self) -> None:
        """Copy nothing."""


class Collect(_InThePortal, abc.ExchangeCollect):
    """Is not needed: a submission is in the portal at once."""

    reason = "提交已在门户里，无需收取；请在门户评阅。 / Submissions are in the portal already; grade them there."


class ReleaseFeedback(_InThePortal, abc.ExchangeReleaseFeedback):
    """Is not needed: the portal shows feedback when it is graded."""

    reason = "评语由门户发布。 / The portal releases feedback."
