"""Files of printed certificates in the storage `certificates`."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import storages

from portal.durable import make_folder, write_durably

STORAGE = "certificates"


def store_document(award_uuid: uuid.UUID, pdf: bytes) -> tuple[str, str]:
    """Store the page, durably, under a path of its own and return path and SHA-256.

    Every printing has its own path, so that a slow worker never replaces what a row already names.
    """
    path = f"{award_uuid}/{uuid.uuid4()}.pdf"
    target = Path(storages[STORAGE].path(path))
    make_folder(target.parent)
    write_durably(target, pdf)
    return path, hashlib.sha256(pdf).hexdigest()


def drop_document(path: str) -> None:
    """Remove a page that no row names."""
    storages[STORAGE].delete(path)


def open_document(path: str) -> File[bytes]:
    """Return the stored page, for reading. Raises FileNotFoundError."""
    return storages[STORAGE].open(path, "rb")
