"""A batch: one submission per line of a file, one result per line of the answer, in one warm engine."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..protocol import RefusalCode
from .errors import RequestRefused
from .grading import grade
from .options import datasets_of, job_of, print_document
from .zygotes import Zygotes, preload_for


async def grade_batch(options: argparse.Namespace) -> int:
    """Grade every line of `--batch`; a line that cannot be graded says why and does not stop the others."""
    lines = list(_lines(options.batch))
    texts = {Path(line[name]) for line in lines for name in ("source", "submission")}
    imported = "\n".join(path.read_text("utf-8", "replace") for path in texts if path.is_file())
    zygotes = Zygotes(datasets_of(options), preload_for(imported))
    places = asyncio.Semaphore(max(options.places, 1))
    try:
        await zygotes.start()
        done = [asyncio.create_task(_grade_line(line, options, zygotes, places)) for line in lines]
        refused = [await task for task in done].count(False)
    finally:
        zygotes.close()
    return 1 if refused else 0


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            yield {
                "id": item["id"],
                "source": item["source"],
                "submission": item["submission"],
                "files": item.get("files"),
            }
        except (ValueError, KeyError, TypeError):
            raise RequestRefused(f"{path} 第 {number} 行应为含有 id、source、submission 的 JSON 对象。") from None


async def _grade_line(
    line: dict[str, Any], options: argparse.Namespace, zygotes: Zygotes, places: asyncio.Semaphore
) -> bool:
    async with places:
        try:
            files = Path(line["files"]) if line["files"] else options.files
            own = argparse.Namespace(**vars(options) | {"source": Path(line["source"]), "files": files})
            result = asdict(await grade(job_of(own, Path(line["submission"]).read_bytes()), zygotes))
        except RequestRefused as refusal:
            result = {"error": {"code": refusal.code, "message": refusal.message}}
        except OSError as problem:
            result = {
                "error": {"code": RefusalCode.UNREADABLE, "message": f"{problem.filename or ''}: {problem.strerror}"}
            }
    print_document({"id": line["id"], **result})
    return "error" not in result
