"""serve, grade, release, inspect and doctor from the command line."""

from __future__ import annotations

import argparse
import asyncio
import json
import locale
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import doctor
from .errors import RequestRefused
from .grading import Job, grade
from .inspection import inspect_source
from .limits import Limits, read_limits
from .release import make_release
from .requests import MOST_FILES, check_file_name
from .server import default_places, run_server

REFUSED = 2
NEGATIVE = 1


def run(arguments: Sequence[str]) -> int:
    """Do one command; 0 done, 1 done with a negative answer, 2 bad input."""
    options = _parser().parse_args(arguments)
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
    asyncio.run(
        run_server(
            options.socket,
            datasets=_datasets(options),
            mode=mode,
            places=options.places,
        )
    )
    return 0


def _grade(options: argparse.Namespace) -> int:
    job = _job(options, options.submission.read_bytes())
    _print(asdict(asyncio.run(grade(job))))
    return 0


def _release(options: argparse.Namespace) -> int:
    options.output.write_bytes(make_release(options.source.read_bytes()))
    _print({"output": str(options.output)})
    return 0


def _inspect(options: argparse.Namespace) -> int:
    inspection = asyncio.run(inspect_source(_job(options, options.source.read_bytes())))
    _print(asdict(inspection))
    return NEGATIVE if any(problem.severity == "error" for problem in inspection.problems) else 0


def _doctor(_options: argparse.Namespace) -> int:
    report = asyncio.run(doctor.examine())
    _print(report)
    return 0 if report["ok"] else NEGATIVE


def _job(options: argparse.Namespace, submission: bytes) -> Job:
    limits = read_limits(
        {
            "cpu_s": options.cpu_seconds,
            "wall_s": options.wall_seconds,
            "memory_mb": options.memory_mb,
        }
    )
    return Job(
        source=options.source.read_bytes(),
        submission=submission,
        files=read_folder(options.files) if options.files else {},
        datasets=_datasets(options),
        visible_only=getattr(options, "visible_only", False),
        limits=limits,
    )


def read_folder(folder: Path) -> dict[str, bytes]:
    """Read the plain files beside a notebook; links are not followed and other notebooks not taken."""
    if not folder.is_dir():
        raise RequestRefused(f"{folder} 不是文件夹。")
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb"
    ]
    if len(found) > MOST_FILES:
        raise RequestRefused(f"{folder} 里超过 {MOST_FILES} 个文件。")
    return {check_file_name(path.relative_to(folder).as_posix()): path.read_bytes() for path in found}


def _datasets(options: argparse.Namespace) -> Path:
    """Name the folder of released data; it may appear later, after the service has started."""
    named = options.datasets or os.environ.get("CHENGXUE_DATASETS")
    folder = Path(named) if named else Path(os.environ.get("VAR_DIR", "var")) / "datasets"
    return folder.absolute()


def _print(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def _parser() -> argparse.ArgumentParser:
    is_chinese = (locale.getlocale()[0] or os.environ.get("LANG", "")).startswith("zh")

    def say(chinese: str, english: str) -> str:
        return chinese if is_chinese else english

    parser = argparse.ArgumentParser(
        prog="python -m labs.grading.executor",
        description=say("在沙箱里评分 nbgrader 笔记本", "Grades nbgrader notebooks in a sandbox"),
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    data = say(
        "已发布数据的文件夹，挂载为 /srv/datasets",
        "folder of released data, mounted at /srv/datasets",
    )

    serve = commands.add_parser("serve", help=say("在套接字上提供评分服务", "serve on a unix socket"))
    serve.add_argument("--socket", type=Path, required=True)
    serve.add_argument("--socket-mode", default="660", help=say("套接字的权限", "mode of the socket"))
    serve.add_argument("--places", type=int, default=default_places())
    serve.add_argument("--datasets", help=data)
    serve.set_defaults(command=_serve)

    grading = commands.add_parser("grade", help=say("评分一份提交", "grade one submission"))
    grading.add_argument("--submission", type=Path, required=True)
    grading.add_argument(
        "--visible-only",
        action="store_true",
        help=say("只运行可见测试", "visible tests only"),
    )
    grading.set_defaults(command=_grade)
    inspection = commands.add_parser("inspect", help=say("检查教师笔记本", "check an instructor's notebook"))
    inspection.set_defaults(command=_inspect)
    for each in (grading, inspection):
        each.add_argument("--source", type=Path, required=True)
        each.add_argument("--files", type=Path)
        each.add_argument("--datasets", help=data)
        each.add_argument("--cpu-seconds", type=float, default=Limits.cpu_s)
        each.add_argument("--wall-seconds", type=float, default=Limits.wall_s)
        each.add_argument("--memory-mb", type=int, default=Limits.memory_mb)

    release = commands.add_parser("release", help=say("生成学员版笔记本", "make the trainee's notebook"))
    release.add_argument("--source", type=Path, required=True)
    release.add_argument("--output", type=Path, required=True)
    release.set_defaults(command=_release)

    examine = commands.add_parser("doctor", help=say("检查本机的沙箱", "examine this host's sandbox"))
    examine.set_defaults(command=_doctor)
    return parser
