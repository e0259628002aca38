"""Names of provinces and cities by their codes, for lists that show many."""

from __future__ import annotations

from .models import Region, RegionLevel

_names: dict[str, str] = {}


def region_name(code: str, language: str) -> str:
    """Return the region's name; "" for a code that is none. Read once:
    codes are a national standard and do not move."""
    if not _names:
        levels = [RegionLevel.PROVINCE, RegionLevel.CITY]
        _names.update(Region.objects.filter(level__in=levels).values_list("code", "name"))
    return _names.get(code, "")
