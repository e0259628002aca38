"""Held bytes: in the vault, sealed as raw data is, and named by the row's uuid alone."""

from __future__ import annotations

import uuid

from labs.datasets.vault import Vault

from .models import OutgoingFile

FOLDER = "outgoing"


def keep(content: bytes, identity: uuid.UUID) -> tuple[str, bool]:
    """Keep the bytes; returns their path in the vault and whether they are sealed."""
    vault = Vault.from_settings()
    with vault.scratch() as scratch:
        (scratch / "held").write_bytes(content)
        return vault.keep(scratch / "held", identity, kind=FOLDER), vault.key is not None


def held_bytes(file: OutgoingFile) -> bytes:
    """Return the bytes of a held file. Raises FileNotFoundError, NotOpened."""
    vault = Vault.from_settings()
    with vault.scratch() as scratch:
        vault.open_copy(file.path, scratch / "held", is_sealed=file.is_sealed)
        return (scratch / "held").read_bytes()


def forget(path: str) -> None:
    """Remove held bytes."""
    Vault.from_settings().destroy(path)
