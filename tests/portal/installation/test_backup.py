"""Backup and restore: everything comes back, nothing half, nothing through a trainee's link."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest

from portal.installation import restore as restoring
from portal.installation.archive import MANIFEST, ArchiveWriter, extract, verify
from portal.installation.backup import backup
from portal.installation.messages import Refusal
from portal.installation.paths import Paths
from portal.installation.people import Account, People


@pytest.fixture
def installation(tmp_path: Path) -> Paths:
    """Return an installation with a row, a submission, a secret and a home with a link out of it."""
    paths = Paths.from_environment({"VAR_DIR": str(tmp_path / "var"), "RUNTIME_DIR": "/tmp/chengxue-test-none"})
    for folder in ("database", "submissions/ab", "secrets", "homes/u3", "hub", "index", "environments"):
        (paths.var / folder).mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(paths.database_file)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE grade (points INTEGER)")
        database.execute("INSERT INTO grade VALUES (750)")
        database.commit()
    (paths.submissions / "ab" / "one.ipynb").write_bytes(b"{}" * 1000)
    (paths.var / "secrets" / "hub_crypt_key").write_text("key")
    (paths.var / "secrets" / "hub_crypt_key").chmod(0o600)
    (paths.homes / "u3" / "mine.txt").write_text("我的笔记")
    (paths.homes / "u3" / "elsewhere").symlink_to("/etc")
    os.mkfifo(paths.homes / "u3" / "pipe")
    (paths.index / "segment").write_text("made anew")
    return paths


@pytest.fixture
def own_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restoring as the user of the tests, whoever that is."""
    me = Account("me", os.geteuid(), os.getegid())
    monkeypatch.setattr(restoring, "current_people", lambda: People(me, me, me))
    monkeypatch.setattr(restoring, "prepare_folders", lambda paths, people: None)


def _restored(tmp_path: Path, archive: Path) -> Paths:
    paths = Paths.from_environment({"VAR_DIR": str(tmp_path / "again")})
    restoring.restore(paths, archive)
    return paths


@pytest.mark.usefixtures("own_people")
def test_everything_comes_back(installation: Paths, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar"

    backup(installation, archive)
    again = _restored(tmp_path, archive)

    with contextlib.closing(sqlite3.connect(again.database_file)) as database:
        assert database.execute("SELECT points FROM grade").fetchall() == [(750,)]
    assert (again.submissions / "ab" / "one.ipynb").read_bytes() == b"{}" * 1000
    assert (again.homes / "u3" / "mine.txt").read_text() == "我的笔记"
    assert os.readlink(again.homes / "u3" / "elsewhere") == "/etc"
    assert stat.S_IMODE((again.secrets / "hub_crypt_key").stat().st_mode) == 0o600
    assert not (again.homes / "u3" / "pipe").exists()
    assert not (again.index / "segment").exists()


def test_a_backup_is_for_its_owner_alone(installation: Paths, tmp_path: Path) -> None:
    backup(installation, tmp_path / "all.tar")

    assert stat.S_IMODE((tmp_path / "all.tar").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.tar", "var"]


def test_a_backup_is_taken_while_others_write(installation: Paths, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(installation.database_file)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("INSERT INTO grade VALUES (1)")

        backup(installation, tmp_path / "all.tar")

        writing.rollback()
    assert verify(tmp_path / "all.tar")["format"] == 1


def test_nothing_is_overwritten(installation: Paths, tmp_path: Path) -> None:
    (tmp_path / "all.tar").write_text("precious")

    with pytest.raises(Refusal):
        backup(installation, tmp_path / "all.tar")

    assert (tmp_path / "all.tar").read_text() == "precious"


def test_an_empty_folder_is_no_installation(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        backup(Paths.from_environment({"VAR_DIR": str(tmp_path)}), tmp_path / "all.tar")


def test_one_changed_byte_is_noticed(installation: Paths, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar"
    backup(installation, archive)
    body = archive.read_bytes()
    archive.write_bytes(body.replace("我的笔记".encode(), "你的笔记".encode(), 1))

    with pytest.raises(Refusal, match=r"homes/u3/mine\.txt"):
        verify(archive)


@pytest.mark.usefixtures("own_people")
def test_a_damaged_backup_restores_nothing(installation: Paths, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar"
    backup(installation, archive)
    archive.write_bytes(archive.read_bytes()[:-20_000])

    with pytest.raises(Refusal):
        _restored(tmp_path, archive)

    assert not (tmp_path / "again").exists()


@pytest.mark.usefixtures("own_people")
def test_only_an_empty_folder_is_restored_into(installation: Paths, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar"
    backup(installation, archive)
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "database").mkdir()

    with pytest.raises(Refusal):
        _restored(tmp_path, archive)


def test_a_member_cannot_leave_the_folder(tmp_path: Path) -> None:
    archive = tmp_path / "evil.tar"
    with tarfile.open(archive, "w") as tar:
        entry = tarfile.TarInfo("../outside")
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))

    with pytest.raises(Refusal):
        extract(archive, tmp_path / "inside", keeps_owners=False)

    assert not (tmp_path / "outside").exists()


def test_no_file_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    archive = tmp_path / "evil.tar"
    with tarfile.open(archive, "w") as tar:
        link = tarfile.TarInfo("door")
        link.type, link.linkname = tarfile.SYMTYPE, str(outside)
        tar.addfile(link)
        entry = tarfile.TarInfo("door/evil")
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))

    with pytest.raises(FileExistsError):
        extract(archive, tmp_path / "inside", keeps_owners=False)

    assert list(outside.iterdir()) == []


def test_a_member_that_the_list_does_not_name_is_noticed(tmp_path: Path) -> None:
    archive = tmp_path / "all.tar"
    writer = ArchiveWriter(archive)
    (tmp_path / "one").write_text("1")
    writer.add_file(tmp_path / "one", "one")
    writer.members.clear()
    writer.close({})

    with pytest.raises(Refusal, match="one"):
        verify(archive)


def test_the_list_is_readable(installation: Paths, tmp_path: Path) -> None:
    backup(installation, tmp_path / "all.tar")

    with tarfile.open(tmp_path / "all.tar") as tar:
        listed = tar.extractfile(MANIFEST)
        assert listed is not None
        manifest = json.loads(listed.read())

    names = {member["name"] for member in manifest["members"]}
    assert {"database/portal.sqlite3", "submissions/ab/one.ipynb", "secrets/hub_crypt_key"} <= names
