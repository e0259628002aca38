"""Why a request is refused: a stable code for programs and a sentence in Chinese for people."""

from __future__ import annotations


class RequestRefused(Exception):
    """Nothing was graded."""

    code = "bad_request"

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code


class BadSubmission(RequestRefused):
    """The trainee's file is no notebook that can be read."""

    code = "bad_submission"


class BadSource(RequestRefused):
    """The instructor's notebook cannot be graded with."""

    code = "bad_source"


class SandboxUnavailable(RequestRefused):
    """This host cannot start the sandbox; trainee code never runs without it."""

    code = "sandbox_unavailable"
