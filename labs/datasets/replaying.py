"""Where a clean table comes from: a delivery and a plan of cleaning, named `clean:<uuid of the delivery>/<plan>`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .models import CleaningPlan, Import, RawBatch
from .progressing import Watched
from .sources.problems import ImportProblem
from .vault import Vault

PREFIX = "clean:"


@dataclass(frozen=True)
class Made:
    """What is said of a file that was made here: facts for the profile, a report for the vault, units of columns."""

    facts: dict[str, Any]
    report: Path | None = None
    units: Mapping[str, str] = field(default_factory=dict)


def clean_address(batch: RawBatch, plan: CleaningPlan) -> str:
    """Return the address of a delivery cleaned by a plan."""
    return f"{PREFIX}{batch.uuid}/{plan.number}"


def source_of_clean(address: str) -> RawBatch | None:
    """Return the delivery that a clean one was made from; None where the address is another's."""
    identity = address.removeprefix(PREFIX).partition("/")[0]
    if not address.startswith(PREFIX):
        return None
    try:
        return RawBatch.objects.select_related("dataset").filter(uuid=uuid.UUID(identity)).first()
    except ValueError:
        return None


def replay(row: Import, scratch: Path, vault: Vault, watched: Watched) -> tuple[Path, Made]:
    """Return the clean table and what cleaning did. Raises ImportProblem, WorkRefused, WorkCancelled and OSError."""
    source = source_of_clean(row.address)
    number = row.address.rpartition("/")[2]
    plan = CleaningPlan.objects.filter(dataset=row.dataset, number=int(number)).first() if number.isdigit() else None
    if source is None or plan is None or source.is_destroyed:
        raise ImportProblem(
            "要清洗的原始文件已销毁或不存在。请重新导入。",
            "The raw file that was to be cleaned is destroyed or gone. Import it again.",
        )
    raw = scratch / "raw"
    raw.mkdir(mode=0o700)
    vault.open_copy(source.path, raw / source.file_name, is_sealed=source.is_encrypted)
    path, report = scratch / row.file_name, scratch / "report.json"
    answer = watched.run(
        {
            "work": "clean",
            "path": str(raw / source.file_name),
            "format": source.file_format,
            "plan": plan.document,
            "target": str(path),
            "report": str(report),
        }
    )
    facts = {"from": str(source.uuid), "number": source.number, "plan": plan.number, **answer["summary"]}
    return path, Made({"cleaning": facts}, report, answer["units"])


def report_in_vault(batch: RawBatch) -> dict[str, Any] | None:
    """Return what cleaning did to make this delivery, with the rows that need a person;
    None where it was not cleaned."""
    if not batch.report_path or batch.is_destroyed:
        return None
    vault = Vault.from_settings()
    with vault.scratch() as scratch:
        vault.open_copy(batch.report_path, scratch / "report", is_sealed=batch.is_encrypted)
        found: dict[str, Any] = json.loads((scratch / "report").read_text("utf-8"))
        return found
