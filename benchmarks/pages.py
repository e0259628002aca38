"""What a page costs: CPU per request of the portal's pages beside a bare Django view, in the same run.

    make bench NAME=pages            the seeded installation in VAR_DIR is read, not changed

Two gunicorn processes with one worker each answer the same client in turn; CPU is user + system time of the worker
as /proc tells it, so waiting and the client do not count. The peer "hello" is Django without middleware; "session" is
Django's default middleware with a session and a user read from SQLite. The last line is JSON.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, REQUESTS = 3, 60
TICK = os.sysconf("SC_CLK_TCK")

HELLO = """
from django.conf import settings
settings.configure(SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__)
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("hello"))]
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""

PREPARE = """
import json, sys
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, BACKEND_SESSION_KEY
from courses.catalog.models import CoursePage, LessonPage
from courses.learning.models import Enrollment
enrollment = Enrollment.objects.select_related("user").order_by("pk").first()
session = SessionStore()
session[SESSION_KEY] = str(enrollment.user.pk)
session[BACKEND_SESSION_KEY] = "portal.users.backends.CaseInsensitiveBackend"
session[HASH_SESSION_KEY] = enrollment.user.get_session_auth_hash()
session.save()
course = CoursePage.objects.live().filter(course=enrollment.run.course).first()
lesson = LessonPage.objects.live().filter(lesson__course=enrollment.run.course).first()
print(json.dumps({"session": session.session_key, "course": course.url, "lesson": lesson.url}))
"""


def free_port() -> int:
    """Return a free port on the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A gunicorn with one worker; `cpu` is the worker's processor time so far, in seconds."""

    def __init__(self, application: str, cwd: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "gunicorn", application, "-b", f"127.0.0.1:{self.port}", "-w", "1"]
        command += ["-k", "gthread", "--threads", "4", "--log-level", "error", "--no-control-socket"]
        self.process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit(f"{application} did not start")

    def cpu(self) -> float:
        """Processor seconds of the worker."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        fields = Path(f"/proc/{children[0]}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(10)


def cost(server: Server, path: str, cookie: str = "") -> tuple[float, int]:
    """CPU milliseconds per request (median of rounds) and bytes of the page."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", headers={"Cookie": cookie} if cookie else {}
    )
    size = len(opener.open(request).read())
    rounds = []
    for _ in range(ROUNDS):
        before = server.cpu()
        for _ in range(REQUESTS):
            with urllib.request.urlopen(request) as response:
                response.read()
        rounds.append((server.cpu() - before) / REQUESTS * 1000)
    return statistics.median(rounds), size


def main() -> None:
    """Measure and print."""
    prepared = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", PREPARE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    seeded = json.loads(prepared.stdout.splitlines()[-1])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "hello.py").write_text(HELLO)
        hello, portal = Server("hello:application", Path(folder)), Server("portal.wsgi:application", ROOT)
        try:
            cookie = f"chengxue={seeded['session']}"
            figures = {"hello": cost(hello, "/")}
            for name, path, who in [
                ("home, anonymous", "/", ""),
                ("course, anonymous", seeded["course"], ""),
                ("course, logged in", seeded["course"], cookie),
                ("lesson, logged in", seeded["lesson"], cookie),
                ("my learning", "/learning/", cookie),
                ("search", "/search/?q=%E6%95%B0%E6%8D%AE", ""),
            ]:
                figures[name] = cost(portal, path, who)
        finally:
            hello.stop()
            portal.stop()
    base = figures["hello"][0]
    for name, (milliseconds, size) in figures.items():
        print(f"{name:22} {milliseconds:7.2f} ms CPU  {milliseconds / base:6.1f} × hello  {size / 1024:6.1f} KB")
    print(
        json.dumps(
            {
                "name": "pages",
                "machine": f"{platform.machine()} {os.cpu_count()} cores",
                "figures": {name: {"cpu_ms": round(ms, 3), "bytes": size} for name, (ms, size) in figures.items()},
                "ratios": {name: round(ms / base, 1) for name, (ms, _) in figures.items() if name != "hello"},
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
