"""Data that the operator has on this machine: `file:<path>`."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from .problems import ImportProblem


def fetch_file(address: str, target: Path, *, roots: Sequence[Path] | None, most_bytes: int) -> str:
    """Copy the file to `target` and return its name. A path without a leading slash is looked up in the roots.

    `roots` None: the caller has a shell on this machine and may name any file. Raises ImportProblem.
    """
    path = _found(address.removeprefix("file:"), roots)
    if path is None:
        places = "、".join(str(root) for root in roots or ()) or "—"
        raise ImportProblem(
            f"找不到文件 {address}。可用的文件夹：{places}。", f"{address} was not found. Usable folders: {places}."
        )
    size = path.stat().st_size
    if size > most_bytes:
        raise ImportProblem(
            f"{path.name} 有 {size >> 20} MB，超过上限 {most_bytes >> 20} MB。",
            f"{path.name} has {size >> 20} MB; the limit is {most_bytes >> 20} MB.",
        )
    shutil.copyfile(path, target)
    return path.name


def _found(name: str, roots: Sequence[Path] | None) -> Path | None:
    wanted = Path(name)
    if roots is None:
        return wanted.resolve() if wanted.is_file() else None
    for root in roots:
        path = (root / wanted).resolve()
        # Resolved first: neither `..` nor a link leads out of the folder.
        if path.is_relative_to(root.resolve()) and path.is_file():
            return path
    return None
