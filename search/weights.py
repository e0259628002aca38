"""The number that an entry's scores are multiplied by: authority, state, own province, recency. Pure.

It is computed once, when an entry is indexed, and stored as one number, so that every engine multiplies by the same.
"""

from __future__ import annotations

from datetime import date

LEVELS = {
    "宪法": 1.0,
    "法律": 1.0,
    "行政法规": 0.8,
    "司法解释": 0.7,
    "部门规章": 0.6,
    "规范性文件": 0.6,
    "标准": 0.6,
    "地方性法规": 0.5,
    "地方政府规章": 0.45,
    "政策解读": 0.4,
    "其他": 0.4,
}
"""How much a level's word counts. Tuned on labelled questions in four steps only; finer values learn the labels."""
KINDS = {
    "course": 0.9,
    "lesson": 0.8,
    "lab": 0.9,
    "term": 0.9,
    "dataset": 0.8,
    "article": 0.8,
    "partner": 0.8,
    "page": 0.7,
}
STATES = {"amended": 0.6, "not_yet": 0.8, "repealed": 0.3}
LOCAL = frozenset({"地方性法规", "地方政府规章", "规范性文件", "政策解读"})
OWN_PROVINCE = 1.25
OTHER_PROVINCE = 0.8
"""Local rules hold where they were made: those of the own province before those of others."""
AGING = frozenset({"course", "article"})
"""Kinds of which the newer is the better: news and courses; a law is not worse for being old."""
HALVED_AFTER_YEARS = 4.0
AGING_SHARE = 0.3
"""What age can take away at most."""
SMALLEST = 0.1
"""The embedded engine can multiply by no less."""


def prior(
    *,
    kind: str,
    level: str = "",
    status: str = "",
    region: str = "",
    dated: date | None = None,
    own_province: str = "",
    today: date,
) -> float:
    """Return the entry's weight, between 0.1 and 1.25."""
    value = LEVELS.get(level, LEVELS["其他"]) if kind in {"policy", "clause"} else KINDS.get(kind, 0.7)
    value *= STATES.get(status, 1.0)
    if level in LOCAL and region and own_province:
        value *= OWN_PROVINCE if region[:2] == own_province[:2] else OTHER_PROVINCE
    if kind in AGING and dated is not None:
        years = max(0.0, (today - dated).days / 365.25)
        value *= 1 - AGING_SHARE * (1 - 0.5 ** (years / HALVED_AFTER_YEARS))
    return max(SMALLEST, round(value, 4))
