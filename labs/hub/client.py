"""Speaks to JupyterHub's REST API, on its unix socket or at HUB_API_URL, with the portal's service token."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
from django.conf import settings

TIMEOUT_S = 10.0
HEALTH_TIMEOUT_S = 1.5


class HubAway(Exception):
    """The hub did not answer, or answered something that is not its API."""


@dataclass(frozen=True)
class HubCaller:
    """Whom a hub token belongs to."""

    kind: str
    name: str


class Hub(Protocol):
    """What the portal asks of the hub."""

    def caller(self, token: str) -> HubCaller | None:
        """Return whom the token belongs to; None when the hub does not know it. Raises HubAway."""

    def token_ids(self, username: str) -> list[str]:
        """Ids of a user's tokens; none for a user that the hub has never seen. Raises HubAway."""

    def delete_token(self, username: str, token_id: str) -> None:
        """End one token. Raises HubAway."""

    def stop_server(self, username: str) -> bool:
        """Ask for the end of the user's Lab; True once none runs. Raises HubAway."""

    def is_up(self) -> bool:
        """Return whether the hub answers."""


class HubClient:
    """The real hub."""

    def __init__(self, *, api_url: str, socket: str = "", service_token: str = "") -> None:
        self._api_url, self._socket, self._token = api_url.rstrip("/"), socket, service_token

    @classmethod
    def from_settings(cls) -> HubClient:
        """Return the hub of this installation."""
        return cls(api_url=settings.HUB_API_URL, socket=settings.HUB_SOCKET, service_token=settings.HUB_SERVICE_TOKEN)

    def caller(self, token: str) -> HubCaller | None:
        answer = self._call("GET", "/user", token=token, allowed=(401, 403, 404))
        if answer.status_code != 200:
            return None
        who = _document(answer)
        return HubCaller(str(who.get("kind", "")), str(who.get("name", "")))

    def token_ids(self, username: str) -> list[str]:
        answer = self._call("GET", f"/users/{username}/tokens", allowed=(404,))
        if answer.status_code == 404:
            return []
        return [str(token["id"]) for token in _document(answer).get("api_tokens", [])]

    def delete_token(self, username: str, token_id: str) -> None:
        # Deleting a list ("*") is a 404 that deletes nothing: every id is named.
        self._call("DELETE", f"/users/{username}/tokens/{token_id}", allowed=(404,))

    def stop_server(self, username: str) -> bool:
        # 202: it is stopping; 204: stopped; 400: none runs; 404: no such user.
        answer = self._call("DELETE", f"/users/{username}/server", allowed=(400, 404))
        return answer.status_code != 202

    def is_up(self) -> bool:
        try:
            return self._call("GET", "/", timeout=HEALTH_TIMEOUT_S).status_code == 200
        except HubAway:
            return False

    def _call(
        self, method: str, path: str, *, token: str = "", allowed: tuple[int, ...] = (), timeout: float = TIMEOUT_S
    ) -> httpx.Response:
        if self._socket and not Path(self._socket).exists():
            raise HubAway("no socket")
        transport = httpx.HTTPTransport(uds=self._socket) if self._socket else None
        headers = {"Authorization": f"token {token or self._token}", "Accept": "application/json"}
        try:
            with httpx.Client(transport=transport, timeout=timeout, headers=headers, trust_env=False) as client:
                answer = client.request(method, self._api_url + path)
        except (httpx.HTTPError, UnicodeEncodeError) as problem:
            raise HubAway(type(problem).__name__) from problem
        if answer.status_code >= 400 and answer.status_code not in allowed:
            raise HubAway(f"{method} {path}: {answer.status_code}")
        return answer


def _document(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError as problem:
        raise HubAway("no JSON") from problem
    if not isinstance(document, dict) and not isinstance(document, list):
        raise HubAway("unexpected JSON")
    return document if isinstance(document, dict) else {"api_tokens": document}
