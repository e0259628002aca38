"""Files encrypted at rest in chunks, so that gigabytes need no memory: AES-256-GCM in the STREAM construction.

Each chunk's nonce holds a random prefix, the chunk's number and whether it is the last: a file that was cut, reordered,
mixed with another or changed does not open.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.durable import sync_stream

MAGIC = b"CXRAW1\n"
PREFIX_BYTES = 7
CHUNK = 1 << 20
TAG_BYTES = 16


class NotOpened(Exception):
    """The file was changed, or the key is another one."""


def key_of(secret: str) -> bytes:
    """Return the key that a secret text stands for."""
    return hashlib.sha256(b"chengxue raw data\0" + secret.encode()).digest()


def seal(source: Path, target: Path, key: bytes) -> None:
    """Write `source` encrypted to the new file `target`, durably, readable by its owner alone."""
    cipher, prefix = AESGCM(key), os.urandom(PREFIX_BYTES)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as sealed, source.open("rb") as plain:
        sealed.write(MAGIC + prefix)
        for number, is_last, chunk in _chunks(plain, CHUNK):
            sealed.write(cipher.encrypt(_nonce(prefix, number, is_last), chunk, MAGIC))
        sync_stream(sealed)


def unseal(source: Path, target: Path, key: bytes) -> None:
    """Write the plain bytes of a sealed file to the new file `target`. Raises NotOpened, with nothing left behind."""
    cipher = AESGCM(key)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as plain, source.open("rb") as sealed:
            prefix = _prefix(sealed, source)
            for number, is_last, chunk in _chunks(sealed, CHUNK + TAG_BYTES):
                plain.write(cipher.decrypt(_nonce(prefix, number, is_last), chunk, MAGIC))
    except InvalidTag as problem:
        target.unlink(missing_ok=True)
        raise NotOpened(str(source)) from problem
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _prefix(sealed: BinaryIO, source: Path) -> bytes:
    head = sealed.read(len(MAGIC) + PREFIX_BYTES)
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + PREFIX_BYTES:
        raise NotOpened(str(source))
    return head[len(MAGIC) :]


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if is_last else b"\x00")


def _chunks(stream: BinaryIO, size: int) -> Iterator[tuple[int, bool, bytes]]:
    """Yield number, whether it is the last, and bytes of each chunk; an empty file has one empty chunk."""
    number, chunk = 0, stream.read(size)
    while True:
        following = stream.read(size)
        yield number, not following, chunk
        if not following:
            return
        number, chunk = number + 1, following
