"""The people and things of a data desk: a steward, a privacy officer, a dataset with persons, and the way through."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from labs.datasets.actions import (
    approve_draft,
    ask_import,
    create_draft,
    keep_upload,
    register_dataset,
    release_draft,
    start_build,
)
from labs.datasets.loading import finished_import
from labs.datasets.models import Build, Dataset, DatasetVersion, Draft, RawBatch
from labs.datasets.progressing import do_now
from labs.datasets.queries import finished_build
from labs.datasets.questions import questions_of
from labs.datasets.refusals import DeskRefused
from labs.datasets.work import BUILDS
from portal.users.models import User
from tests.people import Province

COLUMNS = ("id", "age", "ward", "status")
RECIPE: dict[str, Any] = {
    "k": 5,
    "suppression_max": 0.1,
    "columns": {
        "id": {"role": "direct"},
        "age": {"role": "quasi", "hierarchy": {"builtin": "numeric", "widths": [10, 20]}},
        "ward": {"role": "geo"},
        "status": {"role": "sensitive"},
    },
}


def table(rows: Iterable[Sequence[object]], columns: Sequence[str] = COLUMNS) -> bytes:
    """Return a CSV of the rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def people(count: int = 200) -> list[tuple[object, ...]]:
    """Rows of people of four wards, none of them alone, in no order."""
    return [
        (f"P{(n * 7919) % 100_003:06d}", 20 + (n * 13) % 40, f"W{(n * 3) % 4}", "open" if (n * 11) % 3 else "closed")
        for n in range(count)
    ]


@dataclass
class Desk:
    """A desk with two people and one dataset."""

    steward: User
    officer: User
    dataset: Dataset

    def batch(self, content: bytes, name: str = "people.csv", **more: Any) -> RawBatch:
        """Return the content imported as an uploaded file."""
        path = keep_upload([content], name, most_bytes=1 << 30)
        asked = ask_import(
            dataset=self.dataset, address=f"upload:{name}", upload_path=path, by=self.steward, at=timezone.now(), **more
        )
        return finished_import(asked.pk)

    def draft(self, content: bytes | None = None, **fields: Any) -> Draft:
        """Return a draft with a recipe on a fresh batch."""
        batch = self.batch(table(people()) if content is None else content)
        return create_draft(batch=batch, by=self.steward, at=timezone.now(), **({"document": RECIPE} | fields))

    def build(self, draft: Draft) -> Build:
        """Return the finished build of the draft."""
        build = start_build(draft=draft, revision=draft.revision, by=self.steward, at=timezone.now())
        do_now(BUILDS, build)
        draft.refresh_from_db()
        build.refresh_from_db()
        return build

    def approve(self, draft: Draft, *, days: int = 365) -> None:
        """Sign as the officer."""
        approve_draft(
            draft=draft, revision=draft.revision, answers=answers(draft), valid_until=tomorrow(days), by=self.officer,
            at=timezone.now(),
        )  # fmt: skip
        draft.refresh_from_db()

    def release(self, draft: Draft, *, days: int = 365) -> DatasetVersion:
        """Return the whole way."""
        self.build(draft)
        self.approve(draft, days=days)
        version = release_draft(draft=draft, revision=draft.revision, by=self.steward, at=timezone.now())
        draft.refresh_from_db()
        return version


def answers(draft: Draft) -> dict[int, str]:
    """Return a reason for every question of the draft's newest build."""
    build = finished_build(draft)
    return {one.place: "逐行看过，没有认出任何人" for one in questions_of(build.findings if build else [])}


def signing(draft: Draft, days: int = 365) -> dict[str, str]:
    """Return what an officer's form sends who ticked everything."""
    given = answers(draft)
    ticks = {f"seen-{place}": "on" for place in given} | {f"reason-{place}": why for place, why in given.items()}
    return {"revision": str(draft.revision), "valid_until": tomorrow(days).isoformat(), "note": "", **ticks}


def make_desk(world: Province, code: str = "complaints", *, has_persons: bool = True) -> Desk:
    """Return a desk of the province."""
    steward = world.person(f"he.ping-{uuid.uuid4().hex[:6]}", "何平", world.department_a)
    officer = world.person(f"lin.tao-{uuid.uuid4().hex[:6]}", "林涛", world.department_a)
    world.grant(steward, "data_steward", "province", world.province.uuid)
    world.grant(officer, "privacy_officer", "province", world.province.uuid)
    words = {
        "title": "测试投诉", "title_en": "Complaints", "description": "测试数据", "source": "测试单位", "license": "测试许可",
        "has_persons": has_persons,
    }  # fmt: skip
    dataset = register_dataset(code=code, words=words, owner=world.department_a, by=steward, at=timezone.now())
    return Desk(steward, officer, dataset)


@contextmanager
def refusing(code: str) -> Iterator[pytest.ExceptionInfo[DeskRefused]]:
    """Expect the block to be refused by the desk for this reason."""
    with pytest.raises(DeskRefused) as refused:
        yield refused
    assert refused.value.code == code, str(refused.value)


def tomorrow(days: int = 1, since: datetime | None = None) -> date:
    """Return a local day in the future."""
    return timezone.localdate(since or timezone.now()) + timedelta(days=days)


def folder_of_version(version: DatasetVersion, var: Path) -> Path:
    """Return where a version lies in an installation."""
    return var / "datasets" / version.dataset.code / str(version.number)
