"""Options of the command line, and jobs made of them."""

from __future__ import annotations

import argparse
import json
import locale
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..protocol import Limits
from .checking import MOST_SECONDS
from .errors import RequestRefused
from .limits import read_limits
from .requests import MOST_FILES, check_file_name
from .running import Job
from .server import default_places


@dataclass(frozen=True)
class Verb:
    """A word of the command line; `words` say in Chinese and English what it does."""

    name: str
    words: tuple[str, str]
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def job_of(options: argparse.Namespace, submission: bytes) -> Job:
    """Make a job of the options and a submission. Raises RequestRefused, OSError."""
    limits = {"cpu_s": options.cpu_seconds, "wall_s": options.wall_seconds, "memory_mb": options.memory_mb}
    return Job(
        source=options.source.read_bytes(),
        submission=submission,
        files=read_once(options.files) if options.files else {},
        datasets=datasets_of(options),
        visible_only=getattr(options, "visible_only", False),
        variant_seed=options.variant_seed,
        limits=read_limits(limits),
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


@lru_cache(maxsize=4)
def read_once(folder: Path) -> dict[str, bytes]:
    """Read a folder that many lines of a batch name."""
    return read_folder(folder)


def datasets_of(options: argparse.Namespace) -> Path:
    """Name the folder of released data; it may appear later, after the service has started."""
    named = options.datasets or os.environ.get("CHENGXUE_DATASETS")
    folder = Path(named) if named else Path(os.environ.get("VAR_DIR", "var")) / "datasets"
    return folder.absolute()


def print_document(document: dict[str, Any]) -> None:
    """Print one JSON document on a line of its own."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def say(chinese: str, english: str) -> str:
    """Return the words for the reader's language."""
    is_chinese = (locale.getlocale()[0] or os.environ.get("LANG", "")).startswith("zh")
    return chinese if is_chinese else english


def make_parser(verbs: Sequence[Verb]) -> argparse.ArgumentParser:
    """Build the parser of these verbs."""
    parser = argparse.ArgumentParser(
        prog="python -m labs.grading.engine",
        description=say("在沙箱里评分 nbgrader 笔记本", "Grades nbgrader notebooks in a sandbox"),
    )
    added = parser.add_subparsers(required=True, metavar="COMMAND")
    for verb in verbs:
        own = added.add_parser(verb.name, help=say(*verb.words))
        verb.add_options(own)
        own.set_defaults(command=verb.run)
    return parser


def add_serve(serve: argparse.ArgumentParser) -> None:
    """Add the options of the service."""
    serve.add_argument("--socket", type=Path, required=True)
    serve.add_argument("--socket-mode", default="660", help=say("套接字的权限", "mode of the socket"))
    serve.add_argument("--places", type=int, default=default_places())
    serve.add_argument("--datasets", help=_data())


def add_grade(grade: argparse.ArgumentParser) -> None:
    """Add the options of grading one submission or a batch."""
    grade.add_argument("--source", type=Path)
    grade.add_argument("--submission", type=Path)
    grade.add_argument(
        "--batch", type=Path, help=say("每行一份提交的 JSONL 文件", "JSONL file, one submission per line")
    )
    grade.add_argument("--places", type=int, default=1, help=say("同时评分几份", "how many at once"))
    grade.add_argument("--visible-only", action="store_true", help=say("只运行可见测试", "visible tests only"))
    _add_limits(grade)


def add_source(verb: argparse.ArgumentParser) -> None:
    """Add the options of what concerns a source notebook alone."""
    verb.add_argument("--source", type=Path, required=True)
    _add_limits(verb)


def add_check(check: argparse.ArgumentParser) -> None:
    """Add the options of the whole check of a lab."""
    add_source(check)
    check.add_argument("--wrong", type=Path, help=say("错误答卷的文件夹", "folder of answers that must fail"))
    check.add_argument("--certification", action="store_true", help=say("认证实训", "a lab that certifies"))
    check.add_argument(
        "--seconds", type=float, default=MOST_SECONDS, help=say("整个检查的时间", "time for the whole check")
    )


def add_release(release: argparse.ArgumentParser) -> None:
    """Add the options of making the trainee's notebook."""
    add_source(release)
    release.add_argument("--output", type=Path, required=True)


def add_replay(replay: argparse.ArgumentParser) -> None:
    """Add the options of grading again."""
    add_source(replay)
    replay.add_argument("--submission", type=Path, required=True)
    replay.add_argument(
        "--expect", type=Path, help=say("以前的结果；没有就评分两次", "the earlier result; without it, graded twice")
    )


def add_nothing(_verb: argparse.ArgumentParser) -> None:
    """Leave a verb without options."""


def _add_limits(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--variant-seed", default="", help=say("学员的变式种子", "seed of the trainee's variant"))
    verb.add_argument("--files", type=Path)
    verb.add_argument("--datasets", help=_data())
    verb.add_argument("--cpu-seconds", type=float, default=Limits.cpu_s)
    verb.add_argument("--wall-seconds", type=float, default=Limits.wall_s)
    verb.add_argument("--memory-mb", type=int, default=Limits.memory_mb)


def _data() -> str:
    return say("已发布数据的文件夹，挂载为 /srv/datasets", "folder of released data, mounted at /srv/datasets")
