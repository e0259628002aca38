"""Builds the files that are no notebooks, or too much of one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

HEAD = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ['
CELL: dict[str, Any] = {
    "cell_type": "code",
    "id": "x",
    "metadata": {},
    "outputs": [],
    "execution_count": None,
    "source": "x = 1",
}


def _with(cell: Any = None, **parts: Any) -> bytes:
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell or CELL]} | parts
    return json.dumps(notebook).encode()


BUILDERS: dict[str, Callable[[], bytes]] = {
    "too-large": lambda: _with(CELL | {"source": "x" * (21 << 20)}),
    "many-cells": lambda: HEAD + b",".join([b"{}"] * 1_000_000) + b"]}",
    "many-brackets": lambda: HEAD + b'{"metadata": {"a": [' + b",".join([b"[]"] * 5_000_000) + b"]}}]}",
    "many-numbers": lambda: HEAD + b'{"metadata": {"a": [' + b",".join([b"1.5"] * 4_500_000) + b"]}}]}",
    "deep": lambda: HEAD + b"[" * 300_000 + b"]" * 300_000 + b"]}",
    "huge-number": lambda: HEAD + b'{"metadata": {"a": ' + b"9" * 1_000_000 + b"}}]}",
    "invalid-utf8": lambda: HEAD + b'{"source": "\xff\xfe"}]}',
    "empty": lambda: b"",
    "no-json": lambda: b"\x7fELF" * 1000,
    "no-object": lambda: b"[1, 2, 3]",
    "no-cells": lambda: b'{"nbformat": 4, "cells": {"a": 1}}',
    "cells-of-no-kind": lambda: b'{"nbformat": 4, "cells": [null, 1, "x", []]}',
    "old-format": lambda: b'{"nbformat": 3, "worksheets": [{"cells": []}]}',
    "nan-metadata": lambda: _with(CELL | {"metadata": {"a": float("nan"), "b": float("-inf")}}),
    "duplicate-keys": lambda: HEAD + b'{"source": "a", "source": "b", "cell_type": "code", "cell_type": "code"}]}',
    "wrong-types": lambda: _with({"cell_type": ["code"], "id": {}, "metadata": [1], "source": {"a": 1}, "outputs": 7}),
    "escapes": lambda: HEAD + b'{"cell_type": "code", "source": "' + b"\\u0041" * 2_500_000 + b'"}]}',
    "huge-cell": lambda: _with(CELL | {"source": "x=1;" * 2_000_000}),
    "half-letters": lambda: HEAD + b'{"cell_type": "code", "source": "x = \'\\ud800\'", "id": "\\udfff"}]}',
    "compressed": lambda: gzip.compress(bytes(60 << 20)),
}


def build_bomb(name: str) -> bytes:
    """Return the bytes of a bomb."""
    return BUILDERS[name]()
