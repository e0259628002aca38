"""A hierarchy of districts from the names that a column writes: county, city, province."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from labs.datasets.deidentification.hierarchies import ANY
from labs.datasets.refusals import DeskRefused
from portal.organizations.models import Region

LEVELS = ("county", "city", "province")
SUFFIXES = ("", "区", "县", "市", "省")
MOST_NAMED = 5


def are_codes(values: Sequence[str]) -> bool:
    """Return whether every value is a code of GB/T 2260 or longer."""
    return bool(values) and all(v.isascii() and v.isdigit() and len(v) in (6, 9, 12) for v in values)


def are_names(values: Sequence[str]) -> bool:
    """Return whether every value is the name of a known county, city or province."""
    known = _known()
    return bool(values) and all(_found(value, known) is not None for value in values)


def rows_of_names(values: Sequence[str], finest: str) -> list[list[str]]:
    """One row per value: itself, then its region at the finest level that is shown and above. Raises DeskRefused."""
    known = _known()
    found = {value: _found(value, known) for value in values}
    strange = [value for value, path in found.items() if path is None]
    if strange:
        problem = _(
            "These are no names of districts (%(count)s in all): %(names)s. Clean them first, or draw a hierarchy."
        )
        told = {"count": len(strange), "names": "、".join(strange[:MOST_NAMED])}
        raise DeskRefused("recipe_wrong", problem=problem % told)
    first = LEVELS.index(finest)
    return [[value, *path[first:], ANY] for value, path in found.items() if path is not None]


def _known() -> dict[str, list[str]]:
    """For every name that is used once: its county (or what lies above), city and province."""
    regions = {row.pk: row for row in Region.objects.all()}
    paths: dict[str, list[str] | None] = {}
    for row in regions.values():
        if not row.is_selectable:
            continue
        above = [row]
        while (parent := regions.get(above[-1].parent_id or 0)) is not None and parent not in above:
            above.append(parent)
        by_level = {one.level: one.name for one in above}
        province = by_level.get("province", "")
        city = by_level.get("city", province)
        path = [by_level.get("county", city), city, province]
        for name in dict.fromkeys((row.name, city + row.name, province + city + row.name, province + row.name)):
            paths[name] = path if name not in paths or paths[name] == path else None
    return {name: path for name, path in paths.items() if path is not None}


def _found(value: str, known: dict[str, list[str]]) -> list[str] | None:
    plain = "".join(value.split())
    return next((known[plain + suffix] for suffix in SUFFIXES if plain and plain + suffix in known), None)
