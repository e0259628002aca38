"""What must hold before a lab is published."""

from __future__ import annotations

from .lab import MOST_SECONDS, Options, check_lab, say_nothing
from .packs import Progress

__all__ = ["MOST_SECONDS", "Options", "Progress", "check_lab", "say_nothing"]
