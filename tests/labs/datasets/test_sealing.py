"""Raw data at rest: unreadable without the key, and found out when anything was changed."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from labs.datasets.sealing import CHUNK, MAGIC, NotOpened, key_of, seal, unseal
from labs.datasets.vault import Vault

KEY = key_of("one")


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_is_sealed_opens_again(tmp_path: Path, size: int) -> None:
    plain, sealed, again = tmp_path / "plain", tmp_path / "sealed", tmp_path / "again"
    plain.write_bytes(os.urandom(size))
    seal(plain, sealed, KEY)
    unseal(sealed, again, KEY)

    assert again.read_bytes() == plain.read_bytes()
    assert sealed.stat().st_mode & 0o777 == again.stat().st_mode & 0o777 == 0o600


def test_the_same_file_is_sealed_differently_each_time(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"x" * 100)
    for name in ("a", "b"):
        seal(tmp_path / "plain", tmp_path / name, KEY)

    assert (tmp_path / "a").read_bytes() != (tmp_path / "b").read_bytes()
    assert b"xxxx" not in (tmp_path / "a").read_bytes()


@pytest.mark.parametrize("harm", ["flip", "cut_chunk", "cut_byte", "swap", "append", "head"])
def test_a_changed_file_does_not_open(tmp_path: Path, harm: str) -> None:
    plain, sealed = tmp_path / "plain", tmp_path / "sealed"
    plain.write_bytes(os.urandom(2 * CHUNK + 100))
    seal(plain, sealed, KEY)
    content = bytearray(sealed.read_bytes())
    head, one = len(MAGIC) + 7, CHUNK + 16
    first, second = bytes(content[head : head + one]), bytes(content[head + one : head + 2 * one])
    harmed = {
        "flip": lambda: content[:500] + bytes([content[500] ^ 1]) + content[501:],
        "cut_chunk": lambda: content[: head + 2 * one],
        "cut_byte": lambda: content[:-1],
        "swap": lambda: bytes(content[:head]) + second + first + bytes(content[head + 2 * one :]),
        "append": lambda: bytes(content) + first,
        "head": lambda: b"PLAIN!\n" + bytes(content[len(MAGIC) :]),
    }[harm]()
    sealed.write_bytes(bytes(harmed))

    with pytest.raises(NotOpened):
        unseal(sealed, tmp_path / "again", KEY)
    assert not (tmp_path / "again").exists()


def test_another_key_does_not_open(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"secret")
    seal(tmp_path / "plain", tmp_path / "sealed", KEY)

    with pytest.raises(NotOpened):
        unseal(tmp_path / "sealed", tmp_path / "again", key_of("two"))


@pytest.mark.parametrize("key", [KEY, None])
def test_the_vault_is_closed_to_others_and_sweeps_what_dead_processes_left(tmp_path: Path, key: bytes | None) -> None:
    vault = Vault(tmp_path / "raw", key)
    (tmp_path / "plain").write_bytes(b"secret")
    name = vault.keep(tmp_path / "plain", uuid.uuid4())
    identity = uuid.uuid4()
    left = vault.root / "work" / "4194300-dead"
    with vault.scratch() as scratch:
        vault.open_copy(name, scratch / "copy", is_sealed=key is not None)
        assert (scratch / "copy").read_bytes() == b"secret"
        left.mkdir()
        vault.sweep()
        assert scratch.exists() and not left.exists()

    assert not scratch.exists()
    assert (vault.root / name).stat().st_mode & 0o777 == 0o600
    assert (vault.root / "batches").stat().st_mode & 0o077 == 0
    assert (b"secret" in (vault.root / name).read_bytes()) is (key is None)
    assert vault.dataset_key(identity) == vault.dataset_key(identity) != vault.dataset_key(uuid.uuid4())
    vault.destroy(name)
    vault.destroy(name)
    assert not (vault.root / name).exists()
