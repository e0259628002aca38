"""Moments and time zones as typed JSON."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from typing import Any

from .refusals import Uncrossable


def zone_term(zone: Any) -> list[Any] | None:
    """Return the term of a time zone."""
    if zone is None:
        return None
    if type(zone) is zoneinfo.ZoneInfo and zone.key:
        return ["zone", zone.key]
    if type(zone) is datetime.timezone:
        return ["offset", zone.utcoffset(None).total_seconds()]
    raise Uncrossable(f"时区类型 {type(zone).__name__} 不能传递", type(zone).__name__)


def read_zone(term: Any) -> datetime.tzinfo | None:
    """Return the time zone of a term."""
    if term is None:
        return None
    name, value = term
    if name == "zone" and re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", value):
        return zoneinfo.ZoneInfo(value)
    return datetime.timezone(datetime.timedelta(seconds=float(value)))


def moment_term(value: datetime.datetime) -> list[Any]:
    """Return the term of a moment."""
    return ["datetime", value.replace(tzinfo=None, fold=0).isoformat(), value.fold, zone_term(value.tzinfo)]


def read_moment(text: str, fold: int, zone: Any) -> datetime.datetime:
    """Return the moment of a term."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=read_zone(zone), fold=fold)
