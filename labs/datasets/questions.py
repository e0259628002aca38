"""What an officer answers before signing a report: the release as a whole, then every finding, each with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

WHOLE = "whole"
LEAST_LETTERS = 4
"""A reason has at least so many different letters or 汉字: "." or "ok" tells nobody anything who asks in a year."""


@dataclass(frozen=True)
class Question:
    """One thing to look at. `place` 0 is the release as a whole; findings follow from 1 on."""

    place: int
    check: str
    column: str
    severity: str
    text: str
    given: str = ""
    """The reason for which the finding was accepted before the build."""


def says_something(reason: str) -> bool:
    """Return whether a reason can be one: at least LEAST_LETTERS different letters, digits or 汉字."""
    return len({letter for letter in reason.casefold() if letter.isalnum()}) >= LEAST_LETTERS


def questions_of(findings: Sequence[Mapping[str, Any]]) -> list[Question]:
    """Return what is to be answered for a report with these findings, in the reader's language."""
    sentence = "message_en" if get_language() == "en" else "message_zh"
    whole = _("The release as a whole: the sampled rows, what the detectors still find, and the game below.")
    return [
        Question(0, WHOLE, "", "warn", whole),
        *(
            Question(
                place,
                str(found.get("check", "")),
                str(found.get("column") or ""),
                str(found.get("severity", "")),
                str(found.get(sentence, "")),
                str(found.get("accepted_reason", "")),
            )
            for place, found in enumerate(findings, start=1)
        ),
    ]
