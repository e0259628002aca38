"""What is written durably: whole or not at all, flushed before it has its name, and its name flushed, too."""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages

from courses.certification.documents import store_document
from labs.assignments.storing import store_durably
from labs.datasets.vault import Vault
from portal.durable import make_folder, put_in_place, sync_files, write_durably, written_durably
from portal.installation.secrets import write_secret


class Disk:
    """What was flushed, in order, by its place at that moment; `fails_at` ends it as a full or broken disk would."""

    def __init__(self) -> None:
        self.flushed: list[Path] = []
        self.fails_at = 0


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Watches `fsync`, which still does its work."""
    seen, real = Disk(), os.fsync

    def fsync(descriptor: int) -> None:
        seen.flushed.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")))
        if len(seen.flushed) == seen.fails_at:
            raise OSError("power")
        real(descriptor)

    monkeypatch.setattr("portal.durable.os.fsync", fsync)
    return seen


def test_a_file_is_flushed_before_it_has_its_name_and_its_folder_after(tmp_path: Path, disk: Disk) -> None:
    write_durably(tmp_path / "kept", b"all of it")

    assert [path.parent for path in disk.flushed[:1]] == [tmp_path]
    assert disk.flushed[0].name.startswith(".kept.")
    assert disk.flushed[1:] == [tmp_path]
    assert (tmp_path / "kept").read_bytes() == b"all of it"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_only_its_owner_reads_it_unless_said_otherwise(tmp_path: Path) -> None:
    write_durably(tmp_path / "own", b"")
    write_durably(tmp_path / "shown", b"", mode=0o644)

    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "shown").stat().st_mode) == 0o644


def test_a_failure_leaves_the_file_that_was_there_and_nothing_else(tmp_path: Path, disk: Disk) -> None:
    (tmp_path / "kept").write_bytes(b"former")
    disk.fails_at = 1

    with pytest.raises(OSError, match="power"):
        write_durably(tmp_path / "kept", b"new")

    assert (tmp_path / "kept").read_bytes() == b"former"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_writer_that_gives_up_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="enough"), written_durably(tmp_path / "kept") as stream:
        stream.write(b"half")
        raise ValueError("enough")

    assert list(tmp_path.iterdir()) == []


def test_a_new_folder_is_named_for_good(tmp_path: Path, disk: Disk) -> None:
    make_folder(tmp_path / "ab")

    assert disk.flushed == [tmp_path]
    assert stat.S_IMODE((tmp_path / "ab").stat().st_mode) == 0o700


def test_a_whole_folder_is_flushed_file_by_file_and_then_named(tmp_path: Path, disk: Disk) -> None:
    beside = tmp_path / ".new"
    beside.mkdir()
    for name in ("a", "b"):
        (beside / name).write_bytes(b"x")

    sync_files(beside)
    put_in_place(beside, tmp_path / "new")

    assert sorted(disk.flushed[:2]) == [beside / "a", beside / "b"]
    assert disk.flushed[2:] == [beside, tmp_path]


def _certificate(tmp_path: Path) -> Path:
    path, _ = store_document(uuid.uuid4(), b"%PDF")
    return Path(storages["certificates"].path(path))


def _submission(tmp_path: Path) -> Path:
    store_durably("submissions", "ab/abcd.ipynb", b"{}")
    return Path(storages["submissions"].path("ab/abcd.ipynb"))


def _key(tmp_path: Path) -> Path:
    identity = uuid.uuid4()
    Vault(tmp_path, None).dataset_key(identity)
    return tmp_path / "keys" / str(identity)


def _secret(tmp_path: Path) -> Path:
    write_secret(tmp_path / "secret", "s")
    return tmp_path / "secret"


@pytest.mark.parametrize("write", [_certificate, _submission, _key, _secret])
def test_whatever_the_record_rests_on_is_written_like_that(
    write: Callable[[Path], Path], tmp_path: Path, disk: Disk, settings: Any
) -> None:
    own = {
        alias: {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / alias}}
        for alias in ("certificates", "submissions")
    }
    settings.STORAGES = settings.STORAGES | own

    path = write(tmp_path)

    assert disk.flushed[-2].parent == path.parent and disk.flushed[-2].name.startswith(f".{path.name}.")
    assert disk.flushed[-1] == path.parent
