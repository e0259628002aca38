"""What of an event is sealed and what is people's words. Pure.

Sealed for good: numbers, truth values, uuids, digests, days and instants. Every other value is words, kept beside the
event so that they can be erased; the seal covers a salted commitment to them, which tells nothing once they are gone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

FACT = re.compile(
    r"[0-9a-f]{64}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?"
)


def split(details: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts, and words. The keys are the program's own; a nested object may have people's words for keys."""
    facts = {key: value for key, value in details.items() if _is_fact(value)}
    return facts, {key: value for key, value in details.items() if key not in facts}


def written(words: Mapping[str, Any]) -> str:
    """Return the words in the one form to which the commitment is made."""
    text = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Half of a surrogate pair has no UTF-8: neither a database nor a page can hold it.
    return text.encode("utf-8", "replace").decode("utf-8")


def new_salt() -> str:
    """256 random bits: without them nobody can try words against a commitment."""
    return secrets.token_hex(32)


def commitment(salt: str, text: str) -> str:
    """Return what the seal holds of the words."""
    return hmac.new(bytes.fromhex(salt), text.encode("utf-8"), hashlib.sha256).hexdigest()


def _is_fact(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_fact(item) for item in value)
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and _is_plain(value))


def _is_plain(value: str) -> bool:
    return not value or FACT.fullmatch(value) is not None
