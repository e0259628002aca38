"""Why a request is refused: a stable code for programs and a sentence in Chinese for people."""

from __future__ import annotations

from ..protocol import RefusalCode


class RequestRefused(Exception):
    """Nothing was graded."""

    code: str = RefusalCode.BAD_REQUEST

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code


class BadSubmission(RequestRefused):
    """The trainee's file is no notebook that can be read."""

    code = RefusalCode.BAD_SUBMISSION


class BadSource(RequestRefused):
    """The instructor's notebook cannot be graded with."""

    code = RefusalCode.BAD_SOURCE


class SandboxUnavailable(RequestRefused):
    """This host cannot start the sandbox; trainee code never runs without it."""

    code = RefusalCode.SANDBOX_UNAVAILABLE
