"""Requests as they arrive on the socket: JSON with notebooks and files in base64."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

from . import doctor
from .autotests import has_autotests, with_autotests
from .checking import MOST_SECONDS, Options, check_lab, say_nothing
from .checking_packs import Progress
from .digests import environment_digest, grader_digest
from .errors import RequestRefused
from .grading import grade
from .inspection import inspect_source
from .limits import read_limits
from .release import make_release
from .replay import replay
from .running import Job
from .zygotes import Warm

MOST_FILES = 100
LONGEST_NAME = 200


def read_request(line: bytes) -> dict[str, Any]:
    """Parse one request line; raises RequestRefused."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise RequestRefused("请求不是有效的 JSON。") from None
    if not isinstance(request, dict) or not isinstance(request.get("op"), str):
        raise RequestRefused("请求缺少 op。")
    return request


@dataclass(frozen=True)
class Place:
    """Where requests are served: the released data, the fork servers, and the gate through which work goes."""

    datasets: Path | None
    warm: Warm
    gate: asyncio.Semaphore
    progress: Progress = say_nothing


async def answer(request: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Do what a request asks for; raises RequestRefused."""
    datasets, warm = place.datasets, place.warm
    operation = request["op"]
    if operation == "ping":
        return {"pong": True, "environment": environment_digest(), "grader": grader_digest()}
    if operation == "doctor":
        return await doctor.examine()
    if operation == "release":
        job = _job({**request, "submission": request.get("source")}, datasets)
        if has_autotests(job.source):
            with warm.held(job.datasets) as zygotes:
                async with place.gate:
                    job = await with_autotests(job, zygotes)
        return {"notebook": base64.b64encode(make_release(job.source)).decode("ascii")}
    if operation == "grade":
        job = _job(request, datasets)
        with warm.held(job.datasets) as zygotes:
            return asdict(await grade(job, zygotes))
    if operation == "inspect":
        source = request.get("source")
        job = _job({**request, "submission": source}, datasets)
        with warm.held(job.datasets) as zygotes:
            return asdict(await inspect_source(job, zygotes))
    if operation == "check":
        job = _job({**request, "submission": request.get("source")}, datasets)
        wrong, is_certification = _files(request.get("wrong") or {}), request.get("certification") is True
        demands = Options(wrong, is_certification=is_certification, seconds=_seconds(request.get("seconds")))
        with warm.held(job.datasets) as zygotes:
            return await check_lab(job, zygotes, demands, gate=place.gate, progress=place.progress)
    if operation == "replay":
        job = _job(request, datasets)
        expected = request.get("expected")
        with warm.held(job.datasets) as zygotes:
            return await replay(job, zygotes, expected if isinstance(expected, dict) else None)
    raise RequestRefused(f"不认识的操作：{operation[:40]}", "unknown_op")


def _seconds(value: object) -> float:
    """Return the time for a whole check, within what anybody would wait for."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return min(max(float(cast(float, value)), 5.0), 900.0) if is_number else MOST_SECONDS


def _job(request: Mapping[str, Any], datasets: Path | None) -> Job:
    limits, folder = request.get("limits"), request.get("datasets")
    return Job(
        source=_content(request, "source"),
        submission=_content(request, "submission"),
        files=_files(request.get("files") or {}),
        datasets=Path(folder) if isinstance(folder, str) and folder else datasets,
        visible_only=request.get("visible_only") is True,
        limits=read_limits(limits if isinstance(limits, dict) else {}),
        variant_seed=str(request.get("variant_seed") or "")[:100],
    )


def _content(request: Mapping[str, Any], name: str) -> bytes:
    value = request.get(name)
    if not isinstance(value, str):
        raise RequestRefused(f"请求缺少 {name}。")
    return _decode(value, name)


def _decode(value: str, name: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise RequestRefused(f"{name} 不是有效的 base64。") from None


def _files(values: Any) -> dict[str, bytes]:
    if not isinstance(values, dict) or len(values) > MOST_FILES:
        raise RequestRefused(f"files 应为至多 {MOST_FILES} 个文件。")
    return {check_file_name(name): _decode(str(content), "files") for name, content in values.items()}


def check_file_name(name: str) -> str:
    """Return a relative path that stays below the working directory; raises RequestRefused."""
    path = PurePosixPath(name)
    if not name or len(name) > LONGEST_NAME or path.is_absolute() or ".." in path.parts or "\0" in name:
        raise RequestRefused("文件名不合法。", "bad_file_name")
    return str(path)
