"""Loading the regions and positions that the project carries."""

from __future__ import annotations

import csv
import uuid
from datetime import datetime
from pathlib import Path

from django.db import transaction

from portal.audit.actions import record
from portal.organizations.models import Position, Region
from portal.users.models import User

DATA = Path(__file__).resolve().parents[1] / "data"

PSEUDO_NAMES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Rows of the statistics that group counties and are no places."""


def region_uuid(code: str) -> uuid.UUID:
    """Return the same uuid for a region on every installation."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"gbt2260:{code}")


@transaction.atomic
def load_regions(*, by: User | None, at: datetime, file: Path = DATA / "regions.csv") -> int:
    """Add the regions of the file that are missing and correct names; returns how many changed."""
    with file.open(encoding="utf-8", newline="") as lines:
        # A city without counties, as 东莞市, stands in the file a second time as its own county: no region lies in itself.
        rows = [row for row in csv.DictReader(lines) if row["parent"] != row["code"]]
    known = {region.code: region for region in Region.objects.all()}
    changed = 0
    for level in ("province", "city", "county"):
        new, corrected = [], []
        for row in (row for row in rows if row["level"] == level):
            parent = known[row["parent"]] if row["parent"] else None
            region = known.get(row["code"])
            if region is None:
                new.append(_region(row, parent))
            elif (region.name, region.parent_id) != (row["name"], parent.pk if parent else None):
                region.name, region.parent = row["name"], parent
                corrected.append(region)
        Region.objects.bulk_create(new)
        Region.objects.bulk_update(corrected, ["name", "parent"])
        known.update({region.code: region for region in new})
        changed += len(new) + len(corrected)
    if changed:
        record(by=by, at=at, event="organizations.regions_loaded", details={"changed": changed})
    return changed


def _region(row: dict[str, str], parent: Region | None) -> Region:
    return Region(
        uuid=region_uuid(row["code"]),
        code=row["code"],
        level=row["level"],
        name=row["name"],
        parent=parent,
        is_selectable=row["name"] not in PSEUDO_NAMES,
    )


@transaction.atomic
def load_positions(*, by: User | None, at: datetime, file: Path = DATA / "positions.csv") -> int:
    """Add the positions of the file that are missing; returns how many."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    present = set(Position.objects.values_list("code", flat=True))
    new = [Position(**row) for row in rows if row["code"] not in present]
    Position.objects.bulk_create(new)
    if new:
        record(by=by, at=at, event="organizations.positions_loaded", details={"added": len(new)})
    return len(new)
