"""Exchange commands of a trainee: list, fetch, submit, read feedback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chengxue_exchange.portal import Exchange
from nbgrader.exchange import abc


class FetchAssignment(Exchange, abc.ExchangeFetchAssignment):
    """Brings an assignment into the home."""

    def copy_files(self) -> None:
        """Fetch the release; what is there already is never overwritten."""
        folder = self.local_path()
        if folder.is_dir() and not self.replace_missing_files:
            self.fail(f"您已经有这个实训了 / you already have a copy of the assignment: {folder}")
        self.unpack(self.call("GET", self.address("release.zip")).content, folder)
        self.log.info("Fetched %s %s", self.coursedir.course_id, self.coursedir.assignment_id)


class Submit(Exchange, abc.ExchangeSubmit):
    """Hands an assignment in."""

    def init_src(self) -> None:
        """Find the folder to submit."""
        super().init_src()
        self.src_path = self.local_path(assignment=Path(self.coursedir.assignment_id).name)
        if not self.src_path.is_dir():
            self.fail(f"找不到实训 / assignment not found: {self.src_path}")

    def copy_files(self) -> None:
        """Send the folder and log the receipt."""
        packed = self.pack(self.src_path)
        receipt = self.call(
            "POST", self.address("submissions"), content=packed, headers={"Content-Type": "application/zip"}
        ).json()
        self.log.info("Submitted, receipt %s, SHA-256 %s", receipt["id"], receipt["sha256"])


class FetchFeedback(Exchange, abc.ExchangeFetchFeedback):
    """Brings the feedback on every submission into the home."""

    def copy_files(self) -> None:
        """Write one page of feedback per submission beside the notebook."""
        folder = self.local_path()
        for submission in self.call("GET", self.address("submissions")).json()["submissions"]:
            if not submission["feedback"]:
                continue
            page = self.call("GET", f"/submissions/{submission['id']}/feedback.html").content
            target = folder / "feedback" / submission["timestamp"]
            target.mkdir(parents=True, exist_ok=True)
            for notebook in folder.glob("*.ipynb"):
                (target / f"{notebook.stem}.html").write_bytes(page)


class List(Exchange, abc.ExchangeList):
    """Lists assignments and submissions in the form that nbgrader's own list reads."""

    def init_src(self) -> None:
        """Allow a list over all courses."""

    def copy_files(self) -> None:
        """Copy nothing."""

    def list_files(self) -> list[dict[str, Any]]:
        """Return released or fetched assignments, or the submissions with `inbound` or `cached`."""
        found = self.call("GET", "/assignments").json()["assignments"]
        chosen = [
            item
            for item in found
            if self.coursedir.course_id in ("", item["course_id"])
            and self.coursedir.assignment_id in ("", item["assignment_id"])
        ]
        if self.inbound or self.cached:
            listed = [entry for item in chosen for entry in self._submitted(item)]
        else:
            listed = [self._released(item) for item in chosen]
        for entry in listed:
            self.log.info("%s %s %s", entry["course_id"], entry["assignment_id"], entry["status"])
        return listed

    def remove_files(self) -> None:
        """Refuse: the record of submissions is never shortened."""
        self.fail("提交记录不能删除。 / Submissions cannot be removed.")

    def _folder(self, item: dict[str, Any]) -> Path:
        folder: Path = self.local_path(item["course_id"], item["assignment_id"])
        return folder

    def _released(self, item: dict[str, Any]) -> dict[str, Any]:
        folder = self._folder(item)
        return {
            "course_id": item["course_id"],
            "assignment_id": item["assignment_id"],
            "status": "fetched" if folder.is_dir() else "released",
            "path": str(folder),
            "notebooks": [{"notebook_id": name, "path": str(folder / f"{name}.ipynb")} for name in item["notebooks"]],
        }

    def _submitted(self, item: dict[str, Any]) -> list[dict[str, Any]]:
        address = f"/{item['course_id']}/{item['assignment_id']}/submissions"
        submissions = [self._submission(item, each) for each in self.call("GET", address).json()["submissions"]]
        shared = {
            "course_id": item["course_id"],
            "student_id": "me",
            "assignment_id": item["assignment_id"],
            "status": "submitted",
        }
        return [{**shared, "submissions": submissions}] if submissions else []

    def _submission(self, item: dict[str, Any], submission: dict[str, Any]) -> dict[str, Any]:
        folder = self._folder(item)
        feedback = folder / "feedback" / submission["timestamp"]
        is_here = feedback.is_dir()
        state = {
            "has_local_feedback": is_here,
            "has_exchange_feedback": bool(submission["feedback"]),
            "feedback_updated": False,
        }
        return {
            "course_id": item["course_id"],
            "student_id": "me",
            "assignment_id": item["assignment_id"],
            "status": "submitted",
            "timestamp": submission["timestamp"],
            "score": submission["score"],
            "path": str(folder),
            **state,
            "local_feedback_path": str(feedback) if is_here else None,
            "notebooks": [
                {
                    "notebook_id": name,
                    "path": str(folder / f"{name}.ipynb"),
                    **state,
                    "local_feedback_path": str(feedback / f"{name}.html") if is_here else None,
                }
                for name in item["notebooks"]
            ],
        }
