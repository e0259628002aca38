"""A small lab API on a unix socket that answers as the contract between labs and portal says.

Only the standard library is used: it also runs as `python fake_lab_api.py SOCKET` beside a real hub.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

ASSIGNMENT = "5f0c1d5e-7c7a-4a51-9d3b-0b1f6f5d2a11"
RUN, LAB = "2026-A", "parking-guidance"


def notebook(text: str = "print(1 + 1)") -> bytes:
    """Return the bytes of a small notebook."""
    cells = [
        {
            "cell_type": "markdown",
            "id": "a",
            "metadata": {},
            "source": "# 停车诱导\n\n用真实数据找出应当诱导的停车场。",
        },
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {
                "nbgrader": {
                    "grade": False,
                    "grade_id": "q1",
                    "locked": False,
                    "schema_version": 3,
                    "solution": True,
                    "task": False,
                }
            },
            "execution_count": None,
            "outputs": [],
            "source": text,
        },
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps(
        {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False
    ).encode()


def release() -> bytes:
    """Return the archive of the release."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{LAB}.ipynb", notebook())
        archive.writestr("说明.md", "数据在 /srv/datasets")
    return packed.getvalue()


class FakeLabApi(ThreadingMixIn, UnixStreamServer):
    """The server and all that it remembers."""

    daemon_threads = True

    def __init__(
        self, path: str, grading_s: float = 0.2, attempts_max: int | None = 3, var: Path | None = None
    ) -> None:
        self.var = var
        Path(path).unlink(missing_ok=True)
        super().__init__(path, _Handler)
        Path(path).chmod(0o666)
        self.grading_s = grading_s
        self.attempts_max = attempts_max
        self.calls: list[tuple[str, str, str]] = []
        self.submissions: dict[str, dict[str, Any]] = {}
        self.by_key: dict[str, dict[str, Any]] = {}
        self.released: dict[str, bytes] = {}
        # What stops a file that is about to leave (code, in two languages), and what a reviewer let leave all the same.
        self.judge: Callable[[str, bytes], list[str]] = lambda name, content: []
        self.let_leave: set[str] = set()
        self.shown: list[tuple[str, str, bytes]] = []

    def graded(self) -> list[dict[str, Any]]:
        """Return the submissions that count, in order."""
        return [item for item in self.submissions.values() if not item["is_check"]]

    def state(self) -> dict[str, Any]:
        """Return the assignment as the contract shapes it."""
        now = datetime.now(UTC)
        counted = self.graded()
        return {
            "uuid": ASSIGNMENT,
            "run": RUN,
            "lab": LAB,
            "title": "停车诱导：从占用率到诱导方案",
            "title_en": "Parking guidance",
            "notebook": f"{RUN}/{LAB}/{LAB}.ipynb",
            "state": "open",
            "opens_at": (now - timedelta(days=3)).isoformat(),
            "due_at": (now + timedelta(days=5, hours=3)).isoformat(),
            "now": now.isoformat(),
            "attempts_used": len(counted),
            "attempts_max": self.attempts_max,
            "release": "r1",
            "portal_url": "http://localhost:8000/",
            "latest": self.status(counted[-1]["uuid"]) if counted else None,
        }

    def status(self, uuid: str) -> dict[str, Any]:
        """Return how far a submission is."""
        item = self.submissions[uuid]
        age = time.monotonic() - item["since"]
        status = "queued" if age < self.grading_s / 2 else "running" if age < self.grading_s else "graded"
        is_done = status == "graded"
        return {
            "uuid": uuid,
            "status": status,
            "place": 1,
            "eta_s": 3,
            "score": 7.5 if is_done else None,
            "max_score": 10,
            "passed": is_done,
            "attempt": item["attempt"],
        }

    def take(self, content: bytes, key: str, *, is_check: bool) -> dict[str, Any]:
        """Keep a notebook once per key and return its receipt."""
        if key and key in self.by_key:
            return self.by_key[key]
        uuid = str(uuid4())
        attempt = 0 if is_check else len(self.graded()) + 1
        receipt = {
            "uuid": uuid,
            "receipt": f"SJ-2026-{len(self.submissions) + 1:06d}",
            "sha256": hashlib.sha256(content).hexdigest(),
            "received_at": datetime.now(UTC).isoformat(),
            "attempt": attempt,
        }
        self.submissions[uuid] = {**receipt, "content": content, "since": time.monotonic(), "is_check": is_check}
        if key:
            self.by_key[key] = receipt
        return receipt


class _Handler(BaseHTTPRequestHandler):
    server: FakeLabApi
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._route(b"")

    def do_POST(self) -> None:
        self._route(self._body())

    def do_PUT(self) -> None:
        self._route(self._body())

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.rfile.readline().strip() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _route(self, body: bytes) -> None:
        path = urlsplit(self.path).path
        self.server.calls.append((self.command, path, self.headers.get("Authorization", "")))
        if not self.headers.get("Authorization", "").startswith("token "):
            where = "http://localhost:8000/labs/tokens/"
            self._refuse(401, "unauthorized", f"请在 {where} 领取令牌。", f"Get a token at {where}.")
            return
        for method, pattern, answer in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == self.command:
                answer(self, body, *match.groups())
                return
        self._refuse(404, "not_found", "没有找到。", "Not found.")

    def _json(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._bytes(json.dumps(value, ensure_ascii=False).encode(), "application/json", status, headers)

    def _bytes(self, body: bytes, kind: str, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, status: int, code: str, message: str, message_en: str) -> None:
        self._json({"error": {"code": code, "message": message, "message_en": message_en}}, status)

    def list(self, body: bytes) -> None:
        self._json({"assignments": [self.server.state()]})

    def one(self, body: bytes, uuid: str) -> None:
        if uuid != ASSIGNMENT:
            self._refuse(403, "not_enrolled", "你没有报名这个班次。", "You are not enrolled in this run.")
            return
        self._json(self.server.state())

    def files(self, body: bytes, uuid: str) -> None:
        self._bytes(release(), "application/zip", headers={"X-Release": "r1"})

    def submit(self, body: bytes, uuid: str) -> None:
        limit = self.server.attempts_max
        if (
            limit
            and len(self.server.graded()) >= limit
            and self.headers.get("Idempotency-Key") not in self.server.by_key
        ):
            self._refuse(409, "no_attempts_left", "提交次数已用完。", "No attempts are left.")
            return
        self._json(self.server.take(body, self.headers.get("Idempotency-Key", ""), is_check=False), 201)

    def check(self, body: bytes, uuid: str) -> None:
        self._json({"uuid": self.server.take(body, "", is_check=True)["uuid"]}, 201)

    def status(self, body: bytes, uuid: str) -> None:
        value = self.server.status(uuid)
        etag = '"' + hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12] + '"'
        if self.headers.get("If-None-Match") == etag:
            self._bytes(b"", "application/json", 304, {"ETag": etag})
            return
        self._json(value, headers={"ETag": etag})

    def result(self, body: bytes, uuid: str) -> None:
        item = self.server.submissions[uuid]
        questions = [
            {"id": "q1", "title": "读取与清洗", "verdict": "passed", "score": 4, "max_score": 4, "message": ""},
            {
                "id": "q2",
                "title": "分时占用率",
                "verdict": "partial",
                "score": 3.5,
                "max_score": 4,
                "message": "8 时的占用率应为 0.42，得到 0.40。",
            },
            {"id": "q3", "title": "诱导方案说明", "verdict": "manual", "score": None, "max_score": 2, "message": ""},
        ]
        shown = {name: item[name] for name in ("receipt", "sha256", "received_at")} if not item["is_check"] else {}
        self._json({**self.server.status(uuid), **shown, "questions": questions})

    def exchange_list(self, body: bytes) -> None:
        self._json({"assignments": [{"course_id": RUN, "assignment_id": LAB, "notebooks": [LAB]}]})

    def exchange_submissions(self, body: bytes, run: str, lab: str) -> None:
        listed = [
            {
                "id": item["uuid"],
                "timestamp": "2026-11-24 10:00:00.000000 UTC",
                "status": "graded",
                "score": 7.5,
                "max_score": 10,
                "feedback": True,
            }
            for item in self.server.graded()
        ]
        self._json({"submissions": listed})

    def exchange_submit(self, body: bytes, run: str, lab: str) -> None:
        receipt = self.server.take(body, "", is_check=False)
        self._json({"id": receipt["receipt"], "timestamp": receipt["received_at"], "sha256": receipt["sha256"]}, 201)

    def exchange_release(self, body: bytes, run: str, lab: str) -> None:
        if not self.headers.get("Authorization", "").startswith("token cx_"):
            self._refuse(403, "publishing_token_needed", "需要发布令牌。", "A publishing token is needed.")
            return
        if run != RUN:
            self._refuse(403, "not_instructor", "你不是这个班次的教师。", "You do not teach this run.")
            return
        self.server.released[self.path.rpartition("=")[2]] = body
        self._json({"ok": True})

    def exchange_files(self, body: bytes, run: str, lab: str) -> None:
        self._bytes(release(), "application/zip")

    def feedback(self, body: bytes, uuid: str) -> None:
        self._bytes("<p>得分 7.5</p>".encode(), "text/html; charset=utf-8")

    def outgoing_rule(self, body: bytes) -> None:
        said = {"message": "文件外发前先扫描。", "message_en": "Files are scanned."}
        screen = {"message": "屏幕上的内容拦不住。", "message_en": "No gate holds the screen."}
        files = {"held": 0, "waiting": 0, "granted": len(self.server.let_leave), "refused": 0}
        page = "http://localhost:8000/labs/outgoing/"
        self._json({"rule": "scanned", **said, "screen": screen, "page": page, "files": files})

    def outgoing(self, body: bytes) -> None:
        name, route = unquote(self.headers["X-File-Name"]), self.headers["X-Route"]
        self.server.shown.append((name, route, body))
        digest = hashlib.sha256(body).hexdigest()
        found = self.server.judge(name, body)
        passes = not found or digest in self.server.let_leave
        page = f"http://localhost:8000/labs/outgoing/{digest}/"
        findings = [{"message": f"发现：{code}", "message_en": f"found: {code}"} for code in found]
        words = {} if passes else {"message": "这个文件没有外发。", "message_en": "This file did not leave."}
        self._json({"passes": passes, "sha256": digest, "findings": findings, "page": page, **words})

    def mounts(self, body: bytes, user: str) -> None:
        if self.server.var is not None:
            shutil.copytree(
                self.server.var / "datasets", self.server.var / "mounts" / "people" / user, dirs_exist_ok=True
            )
        self._json({"mounts": ["birmingham/1"]})

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


ONE = r"([0-9a-f-]{36})"
EXCHANGE = r"/api/exchange/([^/]+)/([^/]+)"
ROUTES = (
    ("GET", "/api/lab/assignments", _Handler.list),
    ("GET", f"/api/lab/assignments/{ONE}", _Handler.one),
    ("GET", f"/api/lab/assignments/{ONE}/files.zip", _Handler.files),
    ("POST", f"/api/lab/assignments/{ONE}/submissions", _Handler.submit),
    ("POST", f"/api/lab/assignments/{ONE}/checks", _Handler.check),
    ("GET", f"/api/lab/submissions/{ONE}/status", _Handler.status),
    ("GET", f"/api/lab/submissions/{ONE}", _Handler.result),
    ("GET", "/api/lab/outgoing", _Handler.outgoing_rule),
    ("POST", "/api/lab/outgoing", _Handler.outgoing),
    ("GET", "/api/exchange/assignments", _Handler.exchange_list),
    ("GET", f"{EXCHANGE}/release.zip", _Handler.exchange_files),
    ("PUT", f"{EXCHANGE}/release.zip", _Handler.exchange_release),
    ("GET", f"{EXCHANGE}/submissions", _Handler.exchange_submissions),
    ("POST", f"{EXCHANGE}/submissions", _Handler.exchange_submit),
    ("GET", f"/api/exchange/submissions/{ONE}/feedback.html", _Handler.feedback),
    ("POST", r"/api/hub/mounts/(u[0-9]+)", _Handler.mounts),
)


if __name__ == "__main__":
    FakeLabApi(sys.argv[1], grading_s=4).serve_forever()
