"""Notebooks from outside, looked at without trust: bounded time and memory, whatever the bytes are."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

LARGEST_BYTES = 20 * 1024 * 1024
MOST_CELLS = 2000
MOST_TOKENS = 300_000
DEEPEST = 60
LONGEST_KEPT = 256

TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{},:]', re.DOTALL)


class NotebookRefused(Exception):
    """The bytes are no notebook that can be taken; `code` is stable, the texts are for people."""

    def __init__(self, code: str, message: str, message_en: str) -> None:
        super().__init__(code)
        self.code, self.message, self.message_en = code, message, message_en


def check_notebook(content: bytes) -> None:
    """Refuse what is no nbformat 4 notebook within the limits. Raises NotebookRefused."""
    if len(content) > LARGEST_BYTES:
        raise NotebookRefused(
            "too_large",
            "笔记本超过 20 MB。请清除过大的输出，保存后再试。",
            "The notebook is larger than 20 MB. Clear large outputs, save, and try again.",
        )
    _check_text(content)
    try:
        outline: Any = json.loads(_Skeleton().of(content))
    except (ValueError, RecursionError):
        raise _no_notebook() from None
    if not isinstance(outline, dict) or not isinstance(outline.get("cells"), list) or "nbformat" not in outline:
        raise _no_notebook()
    if outline["nbformat"] != 4:
        raise NotebookRefused(
            "bad_notebook",
            "只支持 nbformat 4 的笔记本，请用当前版本的 JupyterLab 保存后再试。",
            "Only nbformat 4 is supported; save the notebook with a current JupyterLab and try again.",
        )
    if not all(isinstance(cell, dict) for cell in outline["cells"]):
        raise _no_notebook()
    if len(outline["cells"]) > MOST_CELLS:
        raise _too_complex()


class _Skeleton:
    """The notebook's JSON with long texts left out, refused as soon as it has too many parts or is too deep."""

    def __init__(self) -> None:
        self.tokens = self.depth = 0

    def of(self, content: bytes) -> bytes:
        return TOKEN.sub(self._keep, content)

    def _keep(self, match: re.Match[bytes]) -> bytes:
        token = match[0]
        self.tokens += 1
        if token in (b"[", b"{"):
            self.depth += 1
        elif token in (b"]", b"}"):
            self.depth -= 1
        if self.tokens > MOST_TOKENS * 2 or self.depth > DEEPEST:
            raise _too_complex()
        return token if len(token) <= LONGEST_KEPT or not token.endswith(b'"') else b'""'


def _check_text(content: bytes) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), 1 << 20):
            decoder.decode(content[start : start + (1 << 20)])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _no_notebook() from None


def _no_notebook() -> NotebookRefused:
    return NotebookRefused(
        "bad_notebook",
        "这个文件不是有效的笔记本（.ipynb）。请保存后再试。",
        "This file is no valid notebook (.ipynb). Save it and try again.",
    )


def _too_complex() -> NotebookRefused:
    return NotebookRefused(
        "too_complex",
        "笔记本的单元格或输出过多。请清除输出，保存后再试。",
        "The notebook has too many cells or outputs. Clear its outputs, save, and try again.",
    )
