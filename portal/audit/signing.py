"""The signature under a seal. The key lies in a file of its own, so whoever has the database alone cannot sign anew."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings


def sign(seq: int, digest: str, at: datetime) -> str:
    """Ed25519 over a seal and the instant, hexadecimal."""
    return _key(settings.AUDIT_SEAL_KEY).sign(_message(seq, digest, at)).hex()


def is_signed(seq: int, digest: str, at: datetime, signature: str) -> bool:
    """Return whether this installation's key made the signature."""
    try:
        _key(settings.AUDIT_SEAL_KEY).public_key().verify(bytes.fromhex(signature), _message(seq, digest, at))
    except (InvalidSignature, ValueError):
        return False
    return True


def key_name() -> str:
    """First digits of the SHA-256 of the public key: tells two keys apart, gives nothing away."""
    return hashlib.sha256(_key(settings.AUDIT_SEAL_KEY).public_key().public_bytes_raw()).hexdigest()[:16]


def _message(seq: int, digest: str, at: datetime) -> bytes:
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"chengxue audit anchor 1\n{seq}\n{digest}\n{instant}".encode()


@lru_cache(maxsize=4)
def _key(secret: str) -> Ed25519PrivateKey:
    """Draw the key from the random digits that the secret's file holds."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"chengxue audit seal\n{secret}".encode()).digest())
