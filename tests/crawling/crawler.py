"""Walks through everything that one person can reach and presses every button, as a browser does: origin, cookies, token."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from portal.users.models import User
from tests.crawling.files import right_file, wrong_file
from tests.crawling.reading import Form, faults, forms, links

Chooser = Callable[[str, str], SimpleUploadedFile]

PAGES_PER_ROUTE = 2
PAGES_OF_AUTHORS = 10
"""Wagtail serves every article, course and lesson by one route."""
LONGEST_WALK = 6
NOT_OURS = ("/identity/", "/static/", "/media/", "/documents/", "/en/")
"""What is no page, or one of a library alone."""
EDITORS = "/admin/"
PARTS_OF_SCREENS = re.compile(
    r"^/admin/(?:.*(?:/preview|choose|/results|autocomplete|jsi18n|sprite|/comments?/|userbar|multiple)|"
    r"api/|login|logout|password|pages/usage|pages/add/|pages/\d+/edit/|reports/)"
)
"""What scripts of the editors' screens ask for, and pages whose editor only a script can fill; reports have no forms of their own."""


class Crawler:
    """One person's walk. Every act is undone after it was looked at, so that each meets the same world."""

    def __init__(self, person: User | None) -> None:
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.person = person
        if person is not None:
            self.client.force_login(person)
        self.client.get("/accounts/password/reset/")  # a page with a form: the token's cookie
        self.seen: set[str] = set()
        self.routes: Counter[str] = Counter()
        self.shapes: set[tuple[Any, ...]] = set()
        self.problems: list[str] = []

    def walk(self, starts: list[str]) -> None:
        """Read everything reachable and send every form found."""
        waiting = deque(starts)
        while waiting:
            address = waiting.popleft()
            if not self._is_new(address):
                continue
            response = self._get(address)
            soup = self._page(response, f"GET {address}")
            if soup is None or response.status_code != 200:
                continue
            waiting.extend(links(address, soup))
            for form in forms(address, soup):
                self._try(form)

    def _is_new(self, address: str) -> bool:
        path = urlsplit(address).path
        if address in self.seen or path.startswith(NOT_OURS) or PARTS_OF_SCREENS.match(path):
            return False
        self.seen.add(address)
        route = route_of(path)
        self.routes[route] += 1
        return self.routes[route] <= (PAGES_OF_AUTHORS if route == "wagtail_serve" else PAGES_PER_ROUTE)

    def _try(self, form: Form) -> None:
        path = urlsplit(form.address).path
        shape = form.shape(route_of(path))
        if shape in self.shapes or path.startswith(NOT_OURS) or PARTS_OF_SCREENS.match(path):
            return
        self.shapes.add(shape)
        if form.method == "get":
            self._send(form, filled=True, times=1)
            return
        if self.person is not None and not path.startswith(("/accounts/", EDITORS)):
            self._send_after_expiry(form)
        self._send(form, filled=False, times=1)
        self._send(form, filled=True, times=2)
        if form.has_file:
            self._send(form, filled=True, times=2, choose=right_file)
            self._send(form, filled=True, times=1, choose=wrong_file)

    def _send(self, form: Form, *, filled: bool, times: int, choose: Chooser | None = None) -> None:
        cookies = self._cookies()
        how = choose.__name__ if choose else "filled" if filled else "empty"
        with transaction.atomic():
            for time in range(times):
                what = f"{form.method.upper()} {form.address} {how} {time + 1} from {form.page}"
                self._follow(self._answer(form, filled=filled, choose=choose), what)
            transaction.set_rollback(True)
        self.client.cookies.load(cookies)

    def _send_after_expiry(self, form: Form) -> None:
        """Send when the session is over: the sign-in must come, and after it the page of the
        form with the act on it."""
        assert self.person is not None
        cookies = self._cookies()
        what = f"POST {form.address} after expiry from {form.page}"
        with transaction.atomic():
            self.client.cookies.pop(settings.SESSION_COOKIE_NAME, None)
            response = self._answer(form, filled=True)
            if response.status_code == 302 and response.headers["Location"].startswith("/accounts/login/"):
                session = self.client.session
                kept = dict(session)
                self.client.force_login(self.person)
                session = self.client.session
                session.update({key: value for key, value in kept.items() if key.startswith("interrupted")})
                session.save()
                back = response.headers["Location"].partition("next=")[2]
                page = self._get(back.replace("%3F", "?").replace("%3D", "=").replace("%26", "&"))
                if page.status_code != 200 or b'id="interrupted"' not in page.content:
                    self.problems.append(f"{what}: {page.status_code} {back}, and the act is not offered again")
            else:
                self._follow(response, what)
            transaction.set_rollback(True)
        self.client.cookies.load(cookies)

    def _answer(self, form: Form, *, filled: bool, choose: Chooser | None = None) -> Any:
        headers = {"Accept": "text/html", "Referer": f"http://testserver{form.page}", "Sec-Fetch-Mode": "navigate"}
        data: dict[str, Any] = form.data(filled=filled, choose=choose)
        if form.method == "get":
            return self.client.get(form.address.partition("?")[0], data, headers=headers)
        return self.client.post(form.address, data, headers={**headers, "Origin": "http://testserver"})

    def _follow(self, response: Any, what: str) -> None:
        steps = 0
        while response.status_code in (301, 302, 303):
            target = response.headers["Location"]
            steps += 1
            if steps > LONGEST_WALK:
                self.problems.append(f"{what}: redirects for ever, to {target}")
                return
            if urlsplit(target).netloc or urlsplit(target).path.startswith(NOT_OURS):
                return
            response = self._get(target)
        self._page(response, what)

    def _get(self, address: str) -> Any:
        return self.client.get(address, headers={"Accept": "text/html", "Sec-Fetch-Mode": "navigate"})

    def _page(self, response: Any, what: str) -> BeautifulSoup | None:
        """Return the page of an answer that is one; what is wrong with it is noted."""
        status = response.status_code
        is_html = response.headers.get("Content-Type", "").startswith("text/html")
        if status >= 500 or (status >= 400 and not is_html):
            self.problems.append(f"{what}: {status}")
        if response.streaming:
            b"".join(response)  # to its end, so that the file behind it is closed
        if response.streaming or not is_html or status in (204, 301, 302, 303):
            return None
        if "表单太旧" in response.content.decode() or (
            response.templates and response.templates[0].name == "403_csrf.html"
        ):
            self.problems.append(f"{what}: the token was refused")
        soup = BeautifulSoup(response.content, "lxml")
        is_screen = response.request["PATH_INFO"].startswith(EDITORS)
        self.problems += [f"{what}: {fault}" for fault in faults(soup, status, is_screen_of_editors=is_screen)]
        return soup

    def _cookies(self) -> dict[str, str]:
        return {name: morsel.value for name, morsel in self.client.cookies.items()}


def route_of(path: str) -> str:
    """Name of the route of an address."""
    try:
        match = resolve(path)
    except Resolver404:
        return path
    return match.view_name or match.route
