"""Requests as they arrive on the socket: JSON with notebooks and files in base64."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

from ..protocol import Operation, RefusalCode
from . import doctor
from .autotests import has_autotests, with_autotests
from .checking import MOST_SECONDS, Options, Progress, check_lab, say_nothing
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


Answer = Callable[[Mapping[str, Any], Place], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Handling:
    """How an operation is done: what answers it, whether it runs anybody's code, whether it takes a place for long."""

    answer: Answer
    needs_sandbox: bool
    """It waits until the sandbox was tried on this host."""
    takes_place: bool
    """It is one of the few things done at once; what does not goes through the gate for its parts, if at all."""


async def _ping(_request: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    return {"pong": True, "environment": environment_digest(), "grader": grader_digest()}


async def _doctor(_request: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    return await doctor.examine()


async def _release(request: Mapping[str, Any], place: Place) -> dict[str, Any]:
    job = _source_job(request, place)
    if has_autotests(job.source):
        with place.warm.held(job.datasets) as zygotes:
            async with place.gate:
                job = await with_autotests(job, zygotes)
    return {"notebook": base64.b64encode(make_release(job.source)).decode("ascii")}


async def _grade(request: Mapping[str, Any], place: Place) -> dict[str, Any]:
    job = _job(request, place)
    with place.warm.held(job.datasets) as zygotes:
        return asdict(await grade(job, zygotes))


async def _inspect(request: Mapping[str, Any], place: Place) -> dict[str, Any]:
    job = _source_job(request, place)
    with place.warm.held(job.datasets) as zygotes:
        return asdict(await inspect_source(job, zygotes))


async def _check(request: Mapping[str, Any], place: Place) -> dict[str, Any]:
    job = _source_job(request, place)
    wrong, is_certification = _files(request.get("wrong") or {}), request.get("certification") is True
    demands = Options(wrong, is_certification=is_certification, seconds=_seconds(request.get("seconds")))
    with place.warm.held(job.datasets) as zygotes:
        return await check_lab(job, zygotes, demands, gate=place.gate, progress=place.progress)


async def _replay(request: Mapping[str, Any], place: Place) -> dict[str, Any]:
    job = _job(request, place)
    expected = request.get("expected")
    with place.warm.held(job.datasets) as zygotes:
        return await replay(job, zygotes, expected if isinstance(expected, dict) else None)


OPERATIONS: Mapping[str, Handling] = {
    Operation.PING: Handling(_ping, needs_sandbox=False, takes_place=False),
    # It is what tries the sandbox.
    Operation.DOCTOR: Handling(_doctor, needs_sandbox=False, takes_place=True),
    Operation.RELEASE: Handling(_release, needs_sandbox=False, takes_place=False),
    Operation.GRADE: Handling(_grade, needs_sandbox=True, takes_place=True),
    Operation.INSPECT: Handling(_inspect, needs_sandbox=True, takes_place=True),
    # A check of a lab goes through the gate again and again, so that submissions come in between.
    Operation.CHECK: Handling(_check, needs_sandbox=True, takes_place=False),
    Operation.REPLAY: Handling(_replay, needs_sandbox=True, takes_place=True),
}
"""Everything that can be asked over the socket."""


def handling_of(request: Mapping[str, Any]) -> Handling:
    """Return how a request is done; raises RequestRefused."""
    operation = str(request["op"])
    if operation not in OPERATIONS:
        raise RequestRefused(f"不认识的操作：{operation[:40]}", RefusalCode.UNKNOWN_OPERATION)
    return OPERATIONS[operation]


def _seconds(value: object) -> float:
    """Return the time for a whole check, within what anybody would wait for."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return min(max(float(cast(float, value)), 5.0), 900.0) if is_number else MOST_SECONDS


def _source_job(request: Mapping[str, Any], place: Place) -> Job:
    """Return a job about a source notebook alone."""
    return _job({**request, "submission": request.get("source")}, place)


def _job(request: Mapping[str, Any], place: Place) -> Job:
    limits, folder = request.get("limits"), request.get("datasets")
    return Job(
        source=_content(request, "source"),
        submission=_content(request, "submission"),
        files=_files(request.get("files") or {}),
        datasets=Path(folder) if isinstance(folder, str) and folder else place.datasets,
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
        raise RequestRefused("文件名不合法。", RefusalCode.BAD_FILE_NAME)
    return str(path)
