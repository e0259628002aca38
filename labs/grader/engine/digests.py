"""Digests that name exactly what graded a submission."""

from __future__ import annotations

import hashlib
import platform
import sysconfig
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=8)
def kept_digest(content: bytes) -> str:
    """Return the same for content that comes again and again, such as a lab's data beside each submission."""
    return digest(content)


@cache
def environment_digest() -> str:
    """Return a digest of the interpreter and of every package installed beside it.

    The environment's own folders alone are read: imports (setuptools) and the caller add others to sys.path.
    """
    folders = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    packages = sorted({f"{each.name}=={each.version}" for each in metadata.distributions(path=folders)})
    return digest("\n".join([platform.python_version(), platform.machine(), *packages]).encode())


@cache
def grader_digest() -> str:
    """Return a digest of the source files that grade: the engine's and the protocol's, wherever they were copied."""
    engine = Path(__file__).parent
    files = [*sorted(engine.rglob("*.py")), engine.with_name("protocol.py")]
    return digest(b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in files))
