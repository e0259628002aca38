"""Command line of the engine: profile, scan, build, measure. The last line of standard output is JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from labs.datasets.deidentification.building import build, to_csv
from labs.datasets.deidentification.messages import Refusal, Unreachable, is_chinese
from labs.datasets.deidentification.metrics import measure
from labs.datasets.deidentification.profiling import profile
from labs.datasets.deidentification.reading import FORMATS, read_table
from labs.datasets.deidentification.recipe import read_recipe
from labs.datasets.deidentification.scanning import scan
from labs.datasets.deidentification.treatments import read_key
from labs.datasets.deidentification.writing import to_json, write_whole

HELP = {
    "about": ("数据去标识化引擎", "De-identification engine"),
    "profile": (
        "描述原始表:类型、唯一性、依赖、候选准标识符",
        "describe a raw table: types, uniqueness, dependencies, candidates",
    ),
    "scan": ("查找文本中的直接标识符", "find direct identifiers in text"),
    "build": ("按处理方案生成发布表和报告", "make the release and its report from a recipe"),
    "measure": ("计算一张表的 k、l、t 和风险", "compute k, l, t and risk of a table"),
    "input": ("CSV、XLSX 或 Parquet 文件", "CSV, XLSX or Parquet file"),
    "format": ("文件格式(默认按扩展名)", "format of the file (default: by its name)"),
    "columns": ("只查这些列,逗号分隔", "only these columns, separated by commas"),
    "recipe": ("处理方案(JSON)", "the recipe (JSON)"),
    "output": ("发布表(CSV);有 stop 结论时不写", "the release (CSV); not written when a finding says stop"),
    "report": ("报告(JSON)", "the report (JSON)"),
    "key": ("假名、日期平移和行序的密钥文件", "file with the key of pseudonyms, date shifts and row order"),
    "quasi": ("准标识符,逗号分隔", "quasi-identifiers, separated by commas"),
    "sensitive": ("敏感列,逗号分隔", "sensitive columns, separated by commas"),
    "ordered": ("敏感列有大小顺序(t 用有序距离)", "sensitive values are ordered (t by the ordered distance)"),
}


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one sentence."""

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments."""
        raise Refusal("arguments", reason=message)


def _say(key: str) -> str:
    return HELP[key][0 if is_chinese() else 1]


def _parser() -> Parser:
    parser = Parser(prog="python -m labs.datasets.deidentification", description=_say("about"))
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    for name in ("profile", "scan", "build", "measure"):
        command = commands.add_parser(name, help=_say(name), description=_say(name))
        command.add_argument("--input", type=Path, required=True, help=_say("input"))
        command.add_argument("--format", choices=FORMATS, help=_say("format"))
        if name == "scan":
            command.add_argument("--columns", default="", help=_say("columns"))
        if name == "build":
            command.add_argument("--recipe", type=Path, required=True, help=_say("recipe"))
            command.add_argument("--output", type=Path, required=True, help=_say("output"))
            command.add_argument("--report", type=Path, required=True, help=_say("report"))
            command.add_argument("--key-file", type=Path, help=_say("key"))
        if name == "measure":
            command.add_argument("--quasi", required=True, help=_say("quasi"))
            command.add_argument("--sensitive", default="", help=_say("sensitive"))
            command.add_argument("--ordered", action="store_true", help=_say("ordered"))
    return parser


def run(arguments: Sequence[str]) -> int:
    """Run one command; return 0, 1 (the answer is negative) or 2 (bad input)."""
    try:
        return _run(_parser().parse_args(arguments))
    except Refusal as refusal:
        chinese = is_chinese()
        sentence = " ".join(refusal.text(chinese=chinese).split())
        sys.stderr.write(sentence + "\n")
        if isinstance(refusal, Unreachable):
            _print(to_json({"findings": [_unreachable(refusal)]}))
        return refusal.status


def _unreachable(refusal: Unreachable) -> dict[str, object]:
    zh, en = refusal.text(chinese=True), refusal.text(chinese=False)
    message = zh if is_chinese() else en
    empty = {"check": "unreachable", "severity": "stop", "column": None, "row": None}
    return {**empty, "message": message, "message_zh": zh, "message_en": en}


def _run(options: argparse.Namespace) -> int:
    if options.command == "build":
        return _build(options)
    table = read_table(options.input, options.format)
    if options.command == "profile":
        _print(to_json(profile(table)))
    elif options.command == "scan":
        columns = _names(options.columns)
        _print(to_json(scan(table, columns)))
    else:
        quasi, sensitive = _names(options.quasi), _names(options.sensitive)
        for name in [*quasi, *sensitive]:
            table.column(name)
            if name in quasi and name in sensitive:
                raise Refusal("columns_same", column=name)
        _print(to_json(measure(table.frame, quasi, sensitive, is_ordered=options.ordered)))
    return 0


def _build(options: argparse.Namespace) -> int:
    places = [path.resolve() for path in (options.input, options.recipe, options.output, options.report)]
    if len(set(places)) < len(places):
        raise Refusal("arguments", reason="--input, --recipe, --output, --report: 4 ≠")
    recipe = read_recipe(options.recipe)
    key = read_key(options.key_file)
    release = build(read_table(options.input, options.format), recipe, key)
    document = to_json(release.report)
    files = {options.report: (document + "\n").encode("utf-8")}
    if not release.is_stopped:
        files[options.output] = to_csv(release.frame)
    write_whole(files)
    for finding in release.findings:
        sys.stderr.write(f"{finding.severity}: {finding.text(chinese=is_chinese())}\n")
    _print(document)
    return 1 if release.is_stopped else 0


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _print(line: str) -> None:
    sys.stdout.buffer.write(line.encode("utf-8") + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
