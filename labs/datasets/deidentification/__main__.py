"""Command line of the engine: profile, scan, build, measure, twin. The last line of standard output is JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from labs.datasets.deidentification.building import Earlier, build, to_csv
from labs.datasets.deidentification.messages import Refusal, Unreachable, is_chinese
from labs.datasets.deidentification.metrics import measure
from labs.datasets.deidentification.profiling import profile_file
from labs.datasets.deidentification.progress import silent
from labs.datasets.deidentification.reading import FORMATS, Table, read_table
from labs.datasets.deidentification.recipe import read_recipe
from labs.datasets.deidentification.scanning import scan
from labs.datasets.deidentification.treatments import read_key
from labs.datasets.deidentification.twins import twin
from labs.datasets.deidentification.writing import to_json, write_whole

HELP = {
    "about": ("数据去标识化引擎", "De-identification engine"),
    "profile": (
        "描述原始表：类型、唯一性、依赖、候选准标识符",
        "describe a raw table: types, uniqueness, dependencies, candidates",
    ),
    "scan": ("查找文本中的直接标识符", "find direct identifiers in text"),
    "build": ("按处理方案生成发布表和报告", "make the release and its report from a recipe"),
    "measure": ("计算一张表的 k、l、t 和风险", "compute k, l, t and risk of a table"),
    "twin": ("由发布表生成合成数据", "invent a synthetic twin of a release"),
    "earlier": (
        "以前发布的版本（CSV），可重复；检查两版相减能否指认",
        "a version published before (CSV), repeatable; checks what subtraction gives away",
    ),
    "earlier_recipe": (
        "以前版本的处理方案，与 --earlier 依次对应",
        "recipes of the earlier versions, in the same order",
    ),
    "population": (
        "总体表：k_map、delta_presence 与记者风险",
        "the population: k_map, delta_presence, journalist risk",
    ),
    "checkpoint": ("断点文件：中断后从这里继续", "file from which a killed build goes on"),
    "progress": ("把进度写到标准错误", "write progress to standard error"),
    "rows": ("合成的行数（默认与发布表相同）", "rows to invent (default: as many as the release)"),
    "twin_output": ("合成表（CSV）", "the invented table (CSV)"),
    "input": ("CSV、XLSX 或 Parquet 文件", "CSV, XLSX or Parquet file"),
    "format": ("文件格式（默认按扩展名）", "format of the file (default: by its name)"),
    "columns": ("只查这些列，逗号分隔", "only these columns, separated by commas"),
    "recipe": ("处理方案（JSON 或 YAML）", "the recipe (JSON or YAML)"),
    "output": ("发布表（CSV）；有 stop 结论时不写", "the release (CSV); not written when a finding says stop"),
    "report": ("报告（JSON）", "the report (JSON)"),
    "key": ("假名、日期平移和行序的密钥文件", "file with the key of pseudonyms, date shifts and row order"),
    "quasi": ("准标识符，逗号分隔", "quasi-identifiers, separated by commas"),
    "sensitive": ("敏感列，逗号分隔", "sensitive columns, separated by commas"),
    "ordered": ("敏感列有大小顺序（t 用有序距离）", "sensitive values are ordered (t by the ordered distance)"),
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
    for name in ("profile", "scan", "build", "measure", "twin"):
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
            command.add_argument("--earlier", type=Path, action="append", default=[], help=_say("earlier"))
            command.add_argument(
                "--earlier-recipe", type=Path, action="append", default=[], help=_say("earlier_recipe")
            )
            command.add_argument("--population", type=Path, help=_say("population"))
            command.add_argument("--checkpoint", type=Path, help=_say("checkpoint"))
            command.add_argument("--progress", action="store_true", help=_say("progress"))
        if name == "profile":
            command.add_argument("--progress", action="store_true", help=_say("progress"))
        if name == "twin":
            command.add_argument("--output", type=Path, required=True, help=_say("twin_output"))
            command.add_argument("--report", type=Path, required=True, help=_say("report"))
            command.add_argument("--rows", type=int, help=_say("rows"))
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
    if options.command == "profile":
        _print(to_json(profile_file(options.input, options.format, _tell if options.progress else silent)))
        return 0
    table = read_table(options.input, options.format)
    if options.command == "scan":
        columns = _names(options.columns)
        _print(to_json(scan(table, columns)))
    elif options.command == "twin":
        _twin(options, table)
    else:
        quasi, sensitive = _names(options.quasi), _names(options.sensitive)
        for name in [*quasi, *sensitive]:
            table.column(name)
            if name in quasi and name in sensitive:
                raise Refusal("columns_same", column=name)
        _print(to_json(measure(table.frame, quasi, sensitive, is_ordered=options.ordered)))
    return 0


def _build(options: argparse.Namespace) -> int:
    _refuse_same(options.input, options.recipe, options.output, options.report)
    recipe = read_recipe(options.recipe)
    key = read_key(options.key_file)
    release = build(
        read_table(options.input, options.format),
        recipe,
        key,
        earlier=_earlier(options),
        population=read_table(options.population) if options.population else None,
        progress=_tell if options.progress else silent,
        checkpoint=options.checkpoint,
    )
    document = to_json(release.report)
    files = {options.report: (document + "\n").encode("utf-8")}
    if not release.is_stopped:
        files[options.output] = to_csv(release.frame)
    write_whole(files)
    for finding in release.findings:
        sys.stderr.write(f"{finding.severity}: {finding.text(chinese=is_chinese())}\n")
    _print(document)
    return 1 if release.is_stopped else 0


def _earlier(options: argparse.Namespace) -> list[Earlier]:
    """Read the versions published before, each with its recipe when that is given."""
    if len(options.earlier_recipe) > len(options.earlier):
        raise Refusal("arguments", reason="--earlier-recipe > --earlier")
    recipes = [read_recipe(path) for path in options.earlier_recipe]
    missing = [None] * (len(options.earlier) - len(recipes))
    return [
        Earlier(path.name, read_table(path).frame, recipe)
        for path, recipe in zip(options.earlier, [*recipes, *missing], strict=True)
    ]


def _tell(stage: str, share: float) -> None:
    sys.stderr.write(f"{share:.0%} {stage}\n")


def _twin(options: argparse.Namespace, table: Table) -> None:
    _refuse_same(options.input, options.output, options.report)
    if options.rows is not None and options.rows < 1:
        raise Refusal("arguments", reason="--rows ≥ 1")
    made = twin(table.frame, rows=options.rows, key=read_key(options.key_file))
    document = to_json(made.report)
    write_whole({options.report: (document + "\n").encode("utf-8"), options.output: to_csv(made.frame)})
    sys.stderr.write(made.report["label_zh" if is_chinese() else "label_en"] + "\n")
    _print(document)


def _refuse_same(*paths: Path) -> None:
    places = [path.resolve() for path in paths]
    if len(set(places)) < len(places):
        raise Refusal("arguments", reason=f"{' '.join(path.name for path in paths)}: ≠")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _print(line: str) -> None:
    sys.stdout.buffer.write(line.encode("utf-8") + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
