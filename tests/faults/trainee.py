"""A trainee with an open Lab, who checks and submits through the Lab's own server as its bar does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import APIResponse, Page
from playwright.sync_api import Error as PlaywrightError

from tests.running import Installation

# A person may submit six times a minute; tests that follow each other closely come to more.
A_MINUTE_S = 75


@dataclass
class Trainee:
    """The page of an open Lab and the assignment in it."""

    page: Page
    base: str
    uuid: str

    def get(self, path: str) -> APIResponse:
        """Ask the Lab's server."""
        return self.page.request.get(f"{self.base}chengxue/{path}", timeout=15_000)

    def post(self, path: str, **headers: str) -> APIResponse:
        """Tell the Lab's server something."""
        cookies = {cookie["name"]: cookie["value"] for cookie in self.page.context.cookies(self.base)}
        sent = {"X-XSRFToken": cookies.get("_xsrf", ""), **headers}
        return self.page.request.post(f"{self.base}chengxue/{path}", headers=sent, timeout=15_000)

    def checks(self) -> bool:
        """Return whether a check of the notebook is accepted."""
        return self._succeeds(f"check/{self.uuid}")

    def submits(self, key: str) -> bool:
        """Return whether the notebook is taken in; the same key never makes two submissions."""
        return self._succeeds(f"submit/{self.uuid}", **{"Idempotency-Key": key})

    def submit(self, key: str) -> dict[str, Any]:
        """Return the receipt of a submission, sent again after a minute where a person sent too many in one."""
        answer = self.post(f"submit/{self.uuid}", **{"Idempotency-Key": key})
        until = time.monotonic() + A_MINUTE_S
        while answer.status == 429 and time.monotonic() < until:
            time.sleep(5)
            answer = self.post(f"submit/{self.uuid}", **{"Idempotency-Key": key})
        assert answer.status == 201, answer.text()
        return dict(answer.json())

    def status(self, submission: str) -> dict[str, Any]:
        """Return where a submission stands."""
        answer = self.get(f"status/{submission}")
        return dict(answer.json()) if answer.ok else {"status": f"HTTP {answer.status}"}

    def _succeeds(self, path: str, **headers: str) -> bool:
        try:
            return self.post(path, **headers).status == 201
        except PlaywrightError:
            # Nobody listens at the moment, or the connection broke off.
            return False


def open_lab(page: Page, installation: Installation) -> Trainee:
    """Follow a lesson's link into the Lab, which fetches the notebook, and return the trainee in front of it."""
    code = 'from labs.assignments.models import LabAssignment; print(LabAssignment.objects.earliest("pk").uuid)'
    uuid = installation.manage("shell", "-v0", "-c", code).splitlines()[-1]
    page.goto(f"{installation.hub_url}/hub/user-redirect/chengxue/open/{uuid}", wait_until="commit")
    page.wait_for_url("**/lab/workspaces/**", timeout=120_000, wait_until="commit")
    head, _, tail = page.url.partition("/user/")
    return Trainee(page, f"{head}/user/{tail.split('/')[0]}/", uuid)


def new_key() -> str:
    """Return a key that no earlier submission has."""
    return f"fault-{time.time_ns()}"
