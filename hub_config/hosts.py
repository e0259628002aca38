"""What the hub answers on which name, and the headers that every answer of the hub carries.

The proxy sends a person's name to that person's lab, and everything else to the hub. Stock JupyterHub would
answer its pages there under any name at all.
"""

from __future__ import annotations

import json
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.handlers import base
from oauthenticator import oauth2
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import OutputTransform, RequestHandler

from hub_config.origins import PATH_OF_USER, Origins, hostname, is_address

MISDIRECTED = 421
NOT_RUNNING = 424
TEXT = "这个地址不属于实训平台，请从门户重新打开。 / This address is none of the labs; please open it from the portal again."


def keep_to_the_names(origins: Origins) -> None:
    """Put the rule of names and the headers before everything that the hub serves."""
    keep_cookies_to_their_host(origins)
    make_application = JupyterHub.init_tornado_application

    def init_tornado_application(app: Any) -> None:
        make_application(app)
        rule = Rule(OtherName(origins), OtherNameHandler, {"origins": origins})
        app.tornado_application.default_router.rules.insert(0, rule)
        app.tornado_application.transforms.append(with_headers(origins, app.template_vars["portal_url"]))

    JupyterHub.init_tornado_application = init_tornado_application


def keep_cookies_to_their_host(origins: Origins) -> None:
    """Let no cookie of the hub be shared with labs, and none be taken that a lab could have planted.

    JupyterHub shares the session's number with every name below its own, and gives the prefix to its login alone.
    """
    set_cookie, clear_cookie = base.BaseHandler._set_cookie, base.BaseHandler.clear_cookie

    def _set_cookie(self: Any, key: str, value: Any, encrypted: bool = True, **options: Any) -> None:
        options.pop("domain", None)
        set_cookie(self, key, value, encrypted=encrypted, **options)

    def _clear_cookie(self: Any, cookie_name: str, **options: Any) -> None:
        options.pop("domain", None)
        clear_cookie(self, cookie_name, **options)

    base.BaseHandler._set_cookie, base.BaseHandler.clear_cookie = _set_cookie, _clear_cookie
    if origins.shares_no_cookie:
        base.SESSION_COOKIE_NAME = f"__Host-{base.SESSION_COOKIE_NAME}"
        oauth2.STATE_COOKIE_NAME = f"__Host-{oauth2.STATE_COOKIE_NAME}"


class OtherName(Matcher):
    """Matches what was not asked for on the hub's name.

    Labs and portal open the hub's socket themselves; only the proxy, behind which browsers are, says for whom it asks.
    """

    def __init__(self, origins: Origins) -> None:
        self.origins = origins

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return what Tornado hands to the handler, or None where the hub may answer."""
        is_direct = "X-Forwarded-For" not in request.headers
        return None if is_direct or hostname(request.host) == self.origins.hub_host else {}


class OtherNameHandler(RequestHandler):
    """Answers on a person's name while the lab does not run, leads on from former addresses, refuses the rest."""

    def initialize(self, origins: Origins) -> None:
        """Remember the names."""
        self.origins = origins

    def prepare(self) -> None:
        """Answer before Tornado looks for a method, a cookie or a forgery token."""
        host, uri = hostname(self.request.host), str(self.request.uri)
        owner, named = self.origins.user_of(host), PATH_OF_USER.match(self.request.path)
        is_page = self.request.method in ("GET", "HEAD") and self._is_navigation()
        if owner is not None and named is not None and named[1] == owner:
            if is_page:
                self.redirect(f"{self.origins.hub_url}/hub{uri}")
            else:
                self._refuse(NOT_RUNNING)
        elif is_address(host) and is_page and uri.startswith("/") and not uri.startswith("//"):
            self.redirect(self.origins.successor_of(self.request.path) + uri)
        else:
            self._refuse(404 if owner else MISDIRECTED)

    def _is_navigation(self) -> bool:
        """Return whether somebody goes there; JupyterLab, which asks in the background, wants a status and no page."""
        mode = self.request.headers.get("Sec-Fetch-Mode")
        if mode is None:
            return "application/json" not in self.request.headers.get("Accept", "")
        return mode == "navigate"

    def _refuse(self, status: int) -> None:
        self.set_status(status)
        is_page = self._is_navigation()
        self.set_header("Content-Type", f"{'text/plain' if is_page else 'application/json'}; charset=utf-8")
        self.finish(TEXT if is_page else json.dumps({"message": TEXT}, ensure_ascii=False))

    def check_xsrf_cookie(self) -> None:
        """Nothing is changed here, so nothing needs to be forged."""


def with_headers(origins: Origins, portal_url: str) -> type[OutputTransform]:
    """Return what puts the headers on every answer of the hub: pages, API, files and errors."""
    # Signing in and starting a lab lead through forms and redirects to portal, hub and the person's lab.
    forms = f"form-action 'self' {portal_url} {origins.any_lab}"
    policy = f"frame-ancestors 'none'; object-src 'none'; base-uri 'none'; {forms}"
    always = {
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
    }

    class Headers(OutputTransform):
        """Adds the headers to one answer."""

        def transform_first_chunk(
            self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
        ) -> tuple[int, HTTPHeaders, bytes]:
            """Set them; a policy that the handler chose, as the API's, goes on holding beside this one."""
            headers.add("Content-Security-Policy", policy)
            for name, value in always.items():
                headers[name] = value
            return status_code, headers, chunk

    return Headers
