"""A hub as the provider sees it: asks for a sign-in with a proof key, exchanges codes, refreshes tokens."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from django.utils import timezone

from portal.users.actions.hub_client import ensure_hub_client
from portal.users.models import User

HUB = "http://hub.localhost:8001"
CALLBACK = f"{HUB}/hub/oauth_callback"
SECRET = "hub-secret-of-the-tests"
AUTHORIZE, TOKEN = "/identity/o/authorize", "/identity/o/api/token"


def challenge_of(verifier: str) -> str:
    """S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass
class FakeHub:
    """One browser of one person, and the hub that it visits."""

    user: User | None
    browser: Client = field(default_factory=Client)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def __post_init__(self) -> None:
        ensure_hub_client(secret=SECRET, hub_url=HUB, by=None, at=timezone.now())
        if self.user is not None:
            self.browser.force_login(self.user, backend="portal.users.backends.CaseInsensitiveBackend")

    def ask(self, **changes: str | None) -> Any:
        """Return the provider's answer to an authorization request; a change of None leaves the parameter out."""
        parameters: dict[str, str | None] = {
            "client_id": "jupyterhub",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid profile roles",
            "state": "state-of-the-hub",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            **changes,
        }
        return self.browser.get(AUTHORIZE, {k: v for k, v in parameters.items() if v is not None})

    def code(self) -> str:
        """Return a fresh authorization code."""
        return parse_qs(urlsplit(self.ask().headers["Location"]).query)["code"][0]

    def exchange(self, code: str, *, secret: str = SECRET, verifier: str | None = "own", **changes: str) -> Any:
        """Return the answer to a code."""
        data = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **changes}
        if verifier is not None:
            data["code_verifier"] = self.verifier if verifier == "own" else verifier
        return self._token(data, secret)

    def refresh(self, token: str) -> Any:
        """Return the answer to a refresh token."""
        return self._token({"grant_type": "refresh_token", "refresh_token": token}, SECRET)

    def _token(self, data: dict[str, str], secret: str) -> Any:
        basic = base64.b64encode(f"jupyterhub:{secret}".encode()).decode()
        return Client().post(TOKEN, data, headers={"Authorization": f"Basic {basic}"})

    def userinfo(self, access_token: str) -> Any:
        """Return the answer of userinfo."""
        return Client().get("/identity/o/api/userinfo", headers={"Authorization": f"Bearer {access_token}"})
