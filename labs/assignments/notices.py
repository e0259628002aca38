"""How notices on labs say what they keep as codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.pages.templatetags.chengxue import closing_in_words


def in_words(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Instants as the reader's language says them."""
    said = {name: closing_in_words(datetime.fromisoformat(facts[name])) for name in ("due", "before") if name in facts}
    return {**facts, **said}
