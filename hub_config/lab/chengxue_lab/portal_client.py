"""Speaks to the portal's lab API over the one socket that leads out of the sandbox."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

TIMEOUT_S = 30


@dataclass(frozen=True)
class Answer:
    """What the portal answered."""

    status: int
    body: bytes
    etag: str = ""

    def json(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.body)


class PortalError(Exception):
    """The portal said no, or nothing at all. The texts are for the trainee."""

    def __init__(self, status: int, code: str, message: str, message_en: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.message_en = message_en

    @property
    def is_away(self) -> bool:
        """Tell whether the portal could not be reached."""
        return self.code == "portal_away"

    def as_dict(self) -> dict[str, Any]:
        """Return the error in the form that the lab API uses itself."""
        return {"error": {"code": self.code, "message": self.message, "message_en": self.message_en}}


def portal_away() -> PortalError:
    """Return the error for a portal that cannot be reached."""
    return PortalError(
        503,
        "portal_away",
        "暂时连不上门户。您的工作已保存在实训室里，不会丢失；请稍后重试。",
        "The portal cannot be reached just now. Your work is saved in the lab and nothing is lost; please try again.",
    )


class PortalClient:
    """One call per request; the portal knows the caller by the token of this lab."""

    def __init__(self, socket_path: str | None = None, token: str | None = None) -> None:
        self.socket_path = socket_path or os.environ.get("CHENGXUE_LAB_API_SOCKET", "/run/portal/lab-api.sock")
        self.token = token if token is not None else os.environ.get("JUPYTERHUB_API_TOKEN", "")

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the portal's answer. Raises PortalError for a refusal or when the portal is away."""
        sent = {"Authorization": f"token {self.token}", "Accept": "application/json", **(headers or {})}
        try:
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.UnixConnector(path=self.socket_path),
                    timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                ) as session,
                session.request(method, f"http://localhost/api/lab/{path}", data=body, headers=sent) as answer,
            ):
                result = Answer(answer.status, await answer.read(), answer.headers.get("ETag", ""))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise portal_away() from error
        if result.status >= 400:
            raise _refusal(result)
        return result


def _refusal(answer: Answer) -> PortalError:
    if answer.status in (502, 503, 504):
        return portal_away()
    try:
        said = answer.json()["error"]
        return PortalError(
            answer.status,
            str(said["code"]),
            str(said["message"]),
            str(said.get("message_en") or said["message"]),
        )
    except (ValueError, KeyError, TypeError):
        return PortalError(
            answer.status,
            "portal_error",
            f"门户没有接受这个请求（{answer.status}）。您的工作仍保存在实训室里；请稍后重试。",
            f"The portal did not accept this request ({answer.status}). Your work is still saved here; please try again.",
        )
