"""Keeps the checker from running what a trainee wrote: files and bytes are read there, never executed."""

from __future__ import annotations

import os
import sys
import types
from typing import Any

from .refusals import Uncrossable

WORK = "/work"
LARGEST_SOURCE = 1 << 20
REASON = "这个测试会执行学员写出的内容"
STARTING = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"})


class Guard:
    """Knows which files came from the trainee and whether a test is running. Once installed it stays."""

    def __init__(self) -> None:
        self.is_testing = False
        self.paths: set[str] = set()
        self.contents: set[bytes] = set()

    def install(self) -> None:
        """Watch this process from now on."""
        sys.addaudithook(self._watch)

    def add(self, name: str, content: bytes | memoryview) -> None:
        """Remember a file that the trainee wrote."""
        self.paths.add(os.path.normpath(os.path.join(WORK, name)))
        if len(content) <= LARGEST_SOURCE:
            self.contents.add(bytes(content).strip())

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Raise where code of the trainee's would run. Raises Uncrossable."""
        if event == "pickle.find_class":
            if self.is_testing or self.paths:
                raise Uncrossable(REASON, "pickle")
        elif not self.paths:
            return
        elif event == "exec":
            code = arguments[0]
            if isinstance(code, types.CodeType) and self._is_foreign(code.co_filename):
                raise Uncrossable(REASON, "file")
        elif event == "compile":
            if self._is_foreign(arguments[1]) or _bytes(arguments[0]).strip() in self.contents:
                raise Uncrossable(REASON, "file")
        elif event == "ctypes.dlopen" and self._is_foreign(arguments[0]):
            raise Uncrossable(REASON, "file")
        elif event in STARTING and self.is_testing:
            # Outside of tests only the publisher's cells run; libraries that they import may look for fonts and such.
            raise Uncrossable(REASON, "program")

    def _is_foreign(self, name: object) -> bool:
        if isinstance(name, bytes):
            name = os.fsdecode(name)
        return isinstance(name, str) and os.path.normpath(os.path.join(WORK, name)) in self.paths


def _bytes(source: object) -> bytes:
    """Return source text as the bytes of its file; a tree has none."""
    if isinstance(source, str):
        return source.encode("utf-8", "surrogatepass")
    return source if isinstance(source, bytes) else b"\0"
