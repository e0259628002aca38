"""Files that people choose in forms: a small one of the kind that the form is for, and one that is not what it says."""

from __future__ import annotations

import base64
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.classroom import solved

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
TEXT = "秦川省公共停车数据管理办法\n\n第一条 为了规范数据管理，制定本办法。\n第二条 数据按日报送。\n".encode()
TABLE = "编号,区,数\n1,雁塔,3\n2,莲湖,4\n".encode()
KINDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    ".ipynb": ("lab.ipynb", solved),
    ".txt": ("办法.txt", lambda: TEXT),
    ".json": ("recipe.json", lambda: b'{"k": 5, "columns": {}}'),
    "image": ("picture.png", lambda: PIXEL),
}
"""By what the field accepts or is called; a table for any other."""


def right_file(name: str, accepts: str) -> SimpleUploadedFile:
    """Return a small file of the kind for which the field is."""
    for kind, (called, content) in KINDS.items():
        if kind in accepts or kind == name:
            return SimpleUploadedFile(called, content())
    return SimpleUploadedFile("table.csv", TABLE)


def wrong_file(name: str, accepts: str) -> SimpleUploadedFile:
    """Bytes that are nothing, under a fitting name."""
    return SimpleUploadedFile(right_file(name, accepts).name or "x", b"\x00\xff\xfe nothing of the kind \x00" * 40)
