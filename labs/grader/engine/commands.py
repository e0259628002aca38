"""serve, grade, release, inspect, check, replay and doctor from the command line."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from ..protocol import Operation
from . import doctor
from .autotests import has_autotests, with_autotests
from .batches import grade_batch
from .checking import Options, check_lab
from .errors import RequestRefused
from .grading import grade
from .inspection import inspect_source
from .options import (
    Verb,
    add_check,
    add_grade,
    add_nothing,
    add_release,
    add_replay,
    add_serve,
    add_source,
    datasets_of,
    job_of,
    make_parser,
    print_document,
)
from .release import make_release
from .replay import read_result, replay
from .running import Job
from .server import run_server
from .zygotes import Zygotes, preload_for

REFUSED = 2
NEGATIVE = 1

Answer = TypeVar("Answer")


def run(arguments: Sequence[str]) -> int:
    """Do one command; 0 done, 1 done with a negative answer, 2 bad input."""
    options = make_parser(VERBS).parse_args(arguments)
    try:
        status: int = options.command(options)
    except RequestRefused as refusal:
        sys.stderr.write(f"{refusal.code}: {refusal.message}\n")
    except OSError as problem:
        sys.stderr.write(f"{problem.filename or ''}: {problem.strerror}\n")
    else:
        return status
    return REFUSED


def _serve(options: argparse.Namespace) -> int:
    mode = int(options.socket_mode, 8)
    asyncio.run(run_server(options.socket, datasets=datasets_of(options), mode=mode, places=options.places))
    return 0


def _grade(options: argparse.Namespace) -> int:
    if options.batch is not None:
        return asyncio.run(grade_batch(options))
    if options.source is None or options.submission is None:
        raise RequestRefused("请用 --source 和 --submission 指定笔记本，或者用 --batch 指定一批。")
    job = job_of(options, options.submission.read_bytes())
    print_document(asdict(asyncio.run(_alone(job, grade))))
    return 0


async def _alone(
    job: Job, do: Callable[[Job, Zygotes], Coroutine[Any, Any, Answer]], *, is_warm: bool = False
) -> Answer:
    """Do one thing with fork servers of its own."""
    preload = preload_for((job.source + job.submission).decode("utf-8", "replace"))
    zygotes = Zygotes(job.datasets, preload, is_warm=is_warm)
    try:
        return await do(job, zygotes)
    finally:
        zygotes.close()


def _release(options: argparse.Namespace) -> int:
    job = job_of(options, options.source.read_bytes())
    if has_autotests(job.source):
        job = asyncio.run(_alone(job, with_autotests))
    options.output.write_bytes(make_release(job.source))
    print_document({"output": str(options.output)})
    return 0


def _inspect(options: argparse.Namespace) -> int:
    inspection = asyncio.run(_alone(job_of(options, options.source.read_bytes()), inspect_source))
    print_document(asdict(inspection))
    return 0 if inspection.is_sound else NEGATIVE


def _check(options: argparse.Namespace) -> int:
    wrong = {path.name: path.read_bytes() for path in sorted(options.wrong.glob("*.ipynb"))} if options.wrong else {}
    demands = Options(wrong, is_certification=options.certification, seconds=options.seconds)
    job = job_of(options, options.source.read_bytes())
    report = asyncio.run(
        _alone(job, lambda job, zygotes: check_lab(job, zygotes, demands, progress=_say), is_warm=True)
    )
    print_document(report)
    return 0 if report["ok"] else NEGATIVE


def _say(stage: str, done: int, total: int) -> None:
    sys.stderr.write(f"{stage} {done}/{total}\n")
    sys.stderr.flush()


def _replay(options: argparse.Namespace) -> int:
    job = job_of(options, options.submission.read_bytes())
    expected = read_result(options.expect.read_bytes()) if options.expect else None
    answer = asyncio.run(_alone(job, lambda job, zygotes: replay(job, zygotes, expected)))
    print_document(answer)
    return 0 if answer["same"] else NEGATIVE


def _doctor(_options: argparse.Namespace) -> int:
    report = asyncio.run(doctor.examine())
    print_document(report)
    return 0 if report["ok"] else NEGATIVE


VERBS = (
    Verb("serve", ("在套接字上提供评分服务", "serve on a unix socket"), add_serve, _serve),
    Verb(Operation.GRADE, ("评分一份或一批提交", "grade one submission or a batch"), add_grade, _grade),
    Verb(Operation.INSPECT, ("检查教师笔记本", "check an instructor's notebook"), add_source, _inspect),
    Verb(
        Operation.CHECK,
        ("发布前的全面检查，给出报告", "everything a lab must pass before it is published"),
        add_check,
        _check,
    ),
    Verb(
        Operation.REPLAY,
        ("重新评分，证明结果相同", "grade again and prove that the result is the same"),
        add_replay,
        _replay,
    ),
    Verb(Operation.RELEASE, ("生成学员版笔记本", "make the trainee's notebook"), add_release, _release),
    Verb(Operation.DOCTOR, ("检查本机的沙箱", "examine this host's sandbox"), add_nothing, _doctor),
)
"""Everything that the command line does."""
