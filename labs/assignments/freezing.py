"""Why a lab is at rest: data that it reads may not be used any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from .models import LabRelease


@dataclass(frozen=True)
class FrozenReason:
    """Why nothing can be done in a lab, in both languages."""

    code: str
    message: str
    message_en: str

    def __str__(self) -> str:
        return self.message_en if get_language() == "en" else self.message


def frozen_reason(release: LabRelease, *, on: date) -> FrozenReason | None:
    """The reason for which the release may not be worked on, or None."""
    return None
