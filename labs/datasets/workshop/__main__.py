"""The program that profiles and builds: one job in JSON on standard input, progress and the answer as lines of JSON.

It ends when its input is closed, so that it never outlives the worker that started it.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from labs.datasets.deidentification.building import Earlier, build, to_csv
from labs.datasets.deidentification.large import is_large
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.profiling import profile, profile_file
from labs.datasets.deidentification.reading import Table, read_table
from labs.datasets.deidentification.recipe import parse_recipe
from labs.datasets.deidentification.twins import twin
from labs.datasets.workshop.cleansing import clean_file, unreadable
from labs.datasets.workshop.description import About
from labs.datasets.workshop.packaging import write_package
from labs.datasets.workshop.plain import check_plain, plain_numbers
from labs.datasets.workshop.sampling import put_aside, sample_of
from labs.datasets.workshop.tables import MAIN, NamedTable, as_engine_table, read_tables
from portal.durable import put_in_place

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
VOLATILE = ("seconds", "findings", "dataset")
MESSAGES = {
    "disk_full": (
        "磁盘已满，这项工作没有完成，也没有留下不完整的结果。腾出空间后重试；草案没有改变。",
        "The disk is full: the work did not finish and left nothing half-made. Free some space and try again; the draft is"
        " unchanged.",
    ),
    "memory": (
        "内存不足，这项工作没有完成。请减少列或行，或使用内存更大的机器；草案没有改变。",
        "There is not enough memory for this work. Use fewer columns or rows, or a larger machine; the draft is unchanged.",
    ),
    "failed": (
        "程序在处理这份数据时出错（{reason}），没有留下不完整的结果，草案没有改变。请把这句话告知管理员，并检查或清洗这份数据。",
        "The program failed on this data ({reason}) and left nothing half-made; the draft is unchanged. Tell this sentence to"
        " the administrator, and look at the data or clean it.",
    ),
}


def main() -> int:
    """Do one job; 0 also when the answer is a refusal."""
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        _say("done", **WORKS[job["work"]](job))
    except Refusal as refusal:
        _say("refused", key=refusal.key, message=refusal.text(chinese=True), message_en=refusal.text(chinese=False))
    except MemoryError:
        _refuse("memory")
    except Exception as problem:  # whatever it is, somebody waits for an answer
        if isinstance(problem, OSError) and problem.errno in FULL:
            _refuse("disk_full")
        else:
            traceback.print_exc()
            _refuse("failed", reason=type(problem).__name__)
    return 0


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(3)


def _say(event: str, **values: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **values}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _refuse(key: str, **values: str) -> None:
    message, message_en = (text.format(**values) for text in MESSAGES[key])
    _say("refused", key=key, message=message, message_en=message_en)


def _progress(step: str, share: float) -> None:
    _say("progress", step=step, percent=min(99, round(share * 100)))


def _profile(job: Mapping[str, Any]) -> dict[str, Any]:
    path = Path(job["path"])
    try:
        if is_large(path, job["format"]):
            found = profile_file(path, job["format"], _progress, path.parent)
            tables = [{"name": MAIN, "rows": found["rows"]}]
        else:
            _progress("read", 0.02)
            read = read_tables(path, job["format"], job["sha256"])
            tables = [{"name": table.name, "rows": table.frame.height} for table in read]
            found = profile(as_engine_table(read[0], job["sha256"]), _progress)
    except Refusal as refusal:
        return unreadable(path, job["format"], refusal)
    columns = [{"name": column["name"], "type": column["type"]} for column in found["columns"]]
    return {"rows": found["rows"], "columns": columns, "profile": found | {"tables": tables}}


def _clean(job: Mapping[str, Any]) -> dict[str, Any]:
    _progress("clean", 0.1)
    return clean_file(job)


def _twin(job: Mapping[str, Any]) -> dict[str, Any]:
    _progress("read", 0.05)
    made = twin(
        read_table(Path(job["path"]), "csv").frame,
        key=bytes.fromhex(job["key"]),
        progress=lambda _, share: _progress("invent", 0.1 + 0.8 * share),
    )
    Path(job["target"]).write_bytes(to_csv(made.frame))
    return {"report": made.report}


def _build(job: Mapping[str, Any]) -> dict[str, Any]:
    target = Path(job["target"])
    partial = target.with_name(f".{target.name}.partial")
    for folder in (target, partial):
        shutil.rmtree(folder, ignore_errors=True)
    _progress("read", 0.01)
    tables = read_tables(Path(job["path"]), job["format"], job["sha256"])
    made, numbers, findings = _treat(job, tables) if job["recipe"] else _as_delivered(job, tables)
    if not job["recipe"]:
        put_aside(job, sample_of(made[0].frame, findings))
    answer = {"numbers": numbers, "findings": findings, "columns": [], "files": [], "rows": made[0].frame.height}
    if any(found["severity"] == "stop" for found in findings):
        return answer
    partial.mkdir(parents=True, mode=0o700)
    try:
        _progress("write", 0.97)
        original = Path(job["path"]) if job["keeps_original"] else None
        risk = job["risk"] | {"numbers": numbers, "findings": findings}
        packaged, files = write_package(partial, About(**job["about"]), made, job["words"], risk, original)
        put_in_place(partial, target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    columns = [asdict(column) | {"table": table.name} for table in packaged for column in table.columns]
    return answer | {"columns": columns, "files": [asdict(file) for file in files]}


def _treat(
    job: Mapping[str, Any], tables: list[NamedTable]
) -> tuple[list[NamedTable], dict[str, Any], list[dict[str, Any]]]:
    earlier = [
        Earlier(one["name"], read_table(Path(one["path"]), "csv").frame, parse_recipe(one["recipe"]))
        for one in job["earlier"]
    ]
    release = build(
        as_engine_table(tables[0], job["sha256"]),
        parse_recipe(job["recipe"]),
        bytes.fromhex(job["key"]),
        progress=_progress,
        earlier=earlier,
        checkpoint=Path(job["checkpoint"]),
        population=_population(job),
    )
    source, recipe = as_engine_table(tables[0], job["sha256"]), parse_recipe(job["recipe"])
    put_aside(job, sample_of(release.frame, release.report["findings"], source, recipe, release.rows))
    numbers = {name: value for name, value in release.report.items() if name not in VOLATILE}
    return [NamedTable(tables[0].name, release.frame)], numbers, _findings(release.report["findings"])


def _population(job: Mapping[str, Any]) -> Table | None:
    behind = job["population"]
    if behind is None:
        return None
    return as_engine_table(read_tables(Path(behind["path"]), behind["format"], behind["sha256"])[0], behind["sha256"])


def _as_delivered(
    job: Mapping[str, Any], tables: list[NamedTable]
) -> tuple[list[NamedTable], dict[str, Any], list[dict[str, Any]]]:
    _progress("check", 0.5)
    findings = check_plain(tables, is_invented=job.get("is_invented", False))
    numbers = plain_numbers(tables, findings)
    return (
        tables,
        {name: value for name, value in numbers.items() if name not in VOLATILE},
        _findings(numbers["findings"]),
    )


def _findings(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop the sentence in the language of whoever ran this: both are there, and bytes must not depend on it."""
    return [{name: value for name, value in one.items() if name != "message"} for one in found]


WORKS = {"profile": _profile, "clean": _clean, "twin": _twin, "build": _build}

if __name__ == "__main__":
    sys.exit(main())
