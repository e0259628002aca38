"""Proves that a result is what it says: the same submission, source, environment and grader give the same result again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .errors import RequestRefused
from .grading import grade
from .running import Job
from .zygotes import Zygotes

COMPARED = ("id", "kind", "verdict", "score", "max_score", "message")


async def replay(job: Job, zygotes: Zygotes, expected: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Grade again and compare with an earlier result; without one, grade twice. Raises RequestRefused."""
    if expected is None:
        expected = asdict(await grade(job, zygotes))
    again = asdict(await grade(job, zygotes))
    digests = _changed(expected.get("digests"), again["digests"])
    differences = _differences(expected, again)
    return {"same": not digests and not differences, "digests": digests, "differences": differences, "result": again}


def read_result(content: bytes) -> dict[str, Any]:
    """Read an earlier result, as `grade` printed it: the last line of the file. Raises RequestRefused."""
    lines = [line for line in content.decode("utf-8", "replace").splitlines() if line.strip()]
    try:
        result = json.loads(lines[-1])
    except (ValueError, IndexError):
        result = None
    if not isinstance(result, dict) or not isinstance(result.get("questions"), list):
        raise RequestRefused("--expect 应是 grade 输出的一份结果（JSON）。")
    return result


def _changed(before: Any, now: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the digests that are no longer the same; then nothing can be proven about the result."""
    known = before if isinstance(before, dict) else {}
    return {name: {"was": known.get(name), "is": each} for name, each in now.items() if known.get(name) != each}


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [
        {"question": "", "field": name, "was": before.get(name), "is": now[name]}
        for name in ("score", "max_score", "flags")
        if before.get(name) != now[name]
    ]
    old = {str(each.get("id")): each for each in before["questions"] if isinstance(each, dict)}
    new = {each["id"]: each for each in now["questions"]}
    for name in [*new, *(name for name in old if name not in new)]:
        was, current = old.get(name, {}), new.get(name, {})
        found += [
            {"question": name, "field": key, "was": was.get(key), "is": current.get(key)}
            for key in COMPARED
            if was.get(key) != current.get(key)
        ]
    return found
