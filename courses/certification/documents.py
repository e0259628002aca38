"""Files of printed certificates in the storage `certificates`."""

from __future__ import annotations

import hashlib
import os
import uuid

from django.core.files.base import ContentFile, File
from django.core.files.storage import storages

STORAGE = "certificates"


def store_document(award_uuid: uuid.UUID, pdf: bytes) -> tuple[str, str]:
    """This will store the page under a path of its own and return path and SHA-256.

    Every printing has its own path, so that a slow worker never replaces what a row already names.
    """
    storage = storages[STORAGE]
    path = storage.save(f"{award_uuid}/{uuid.uuid4()}.pdf", ContentFile(pdf))
    with storage.open(path) as stored:
        if hasattr(stored, "fileno"):
            os.fsync(stored.fileno())
    return path, hashlib.sha256(pdf).hexdigest()


def drop_document(path: str) -> None:
    """This will remove a page that no row names."""
    storages[STORAGE].delete(path)


def open_document(path: str) -> File[bytes]:
    """The stored page, for reading. Raises FileNotFoundError."""
    return storages[STORAGE].open(path, "rb")
