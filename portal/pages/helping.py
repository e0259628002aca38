"""Help for each role: what one does, where, and what the page looks like. Words and pictures stand in `role_help`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import reverse

HELP = Path(__file__).parent / "role_help"
PICTURES = "pages/help"
"""Where the pictures stand among the static files; `tests/help_pictures.py` takes them."""


@dataclass(frozen=True)
class HelpStep:
    """A step: what to do, where, and a picture of the page with what it shows in words."""

    text: str
    url: str = ""
    picture: str = ""
    shows: str = ""


@cache
def _told_in(language: str) -> dict[str, Any]:
    return tomllib.loads((HELP / f"{language}.toml").read_text("utf-8"))


def help_steps(role: str, language: str, *, leads_on: bool) -> list[HelpStep]:
    """Return the steps of a role in a language; addresses only for those who may go there."""
    return [
        HelpStep(
            text=step["text"],
            url=reverse(step["to"]) if leads_on and "to" in step else "",
            picture=f"{PICTURES}/{step['picture']}.webp" if "picture" in step else "",
            shows=step.get("shows", ""),
        )
        for step in _told_in(language)[role]["steps"]
    ]
