"""nbgrader's automatic tests: lines such as `### HASHED AUTOTEST total; rates` become assertions on the solution's values.

The solution runs once per source, in a sandbox; everything after that works on the expanded notebook.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from . import children
from .children import ChildDied
from .digests import digest
from .errors import BadSource
from .inside.link import Frame, Link
from .inside.refusals import Malformed
from .limits import cell_seconds
from .notebooks import is_code, is_tests, read_source, text_of
from .running import Job
from .zygotes import Zygotes

LINE = re.compile(r"^\s*#+\s*(HASHED\s+)?AUTOTEST\b", re.MULTILINE)
SOURCE, TARGET = "autotest-source.ipynb", "autotest-cells.json"
CODE = f"from inside.autotesting import expand\nexpand(get_ipython(), {SOURCE!r}, {TARGET!r})"
FETCH_SECONDS = 10.0
MOST_KEPT = 16

_kept: OrderedDict[str, bytes] = OrderedDict()


def has_autotests(source: bytes) -> bool:
    """Tell whether a notebook has tests that are still to be made. Raises BadSource."""
    if b"AUTOTEST" not in source:
        return False
    return any(is_code(cell) and LINE.search(text_of(cell)) for cell in read_source(source)["cells"])


async def with_autotests(job: Job, zygotes: Zygotes) -> Job:
    """Return the job with its source's automatic tests written out. Raises BadSource, SandboxUnavailable."""
    if not has_autotests(job.source):
        return job
    files = [f"{name}\0{digest(content)}" for name, content in sorted(job.files.items())]
    key = digest("\0".join([digest(job.source), str(job.datasets), job.variant_seed, *files]).encode())
    if key not in _kept:
        _kept[key] = await _expand(job, zygotes)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    is_solution = job.submission == job.source
    return replace(job, source=_kept[key], submission=_kept[key] if is_solution else job.submission)


async def _expand(job: Job, zygotes: Zygotes) -> bytes:
    notebook = read_source(job.source)
    misplaced = [n for n, c in enumerate(notebook["cells"], 1) if LINE.search(text_of(c)) and not is_tests(c)]
    if misplaced:
        raise BadSource(f"第 {misplaced[0]} 个单元格含有 AUTOTEST，但没有标记为测试单元格。")
    files = {**job.files, SOURCE: job.source}
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = await children.start(zygotes, children.Start("trainee", files, job.limits, digest(job.source)), theirs)
        try:
            reply = await child.run("cell", CODE, seconds=cell_seconds(job.limits))
            if not reply.ok:
                raise BadSource(f"自动测试（AUTOTEST）没有生成：{reply.type}：{reply.text}")
            written = await asyncio.to_thread(_fetch, ours)
        except ChildDied as death:
            raise BadSource(f"生成自动测试（AUTOTEST）时，参考答案终止了运行（{death.reason}）。") from death
        finally:
            await child.close()
    return _put_together(job.source, written)


def _fetch(line: socket.socket) -> Mapping[str, bytes]:
    """Read what the process has written, as a checker would."""
    link = Link(line, _refuse)
    line.settimeout(FETCH_SECONDS)
    try:
        reply = link.ask({"op": "files", "seconds": FETCH_SECONDS})
        found = reply.meta.get("files")
        return {name: bytes(reply.parts[number]) for name, number in found.items()} if isinstance(found, dict) else {}
    # Every way in which a broken line shows is the same here; LinkBroken is no Exception.
    except BaseException as problem:
        raise BadSource("自动测试（AUTOTEST）没有生成：运行环境没有回答。") from problem


def _refuse(_frame: Frame) -> Frame:
    raise Malformed("callback")


def _put_together(source: bytes, written: Mapping[str, bytes]) -> bytes:
    """Take nothing but the new text of test cells from the sandbox."""
    notebook = read_source(source)
    try:
        texts = json.loads(written[TARGET].decode("utf-8"))
    except (KeyError, ValueError):
        texts = None
    if not isinstance(texts, list) or len(texts) != len(notebook["cells"]):
        raise BadSource("自动测试（AUTOTEST）没有生成：结果不完整。")
    for cell, text in zip(notebook["cells"], texts, strict=True):
        if is_code(cell) and LINE.search(text_of(cell)):
            cell["source"] = str(text)
    return json.dumps(notebook, ensure_ascii=False).encode()
