"""What in a raw table is dirt rather than data: said beside the profile, so that somebody cleans it before it counts."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from labs.datasets.deidentification.findings import Finding
from labs.datasets.deidentification.hierarchies import Codes
from labs.datasets.deidentification.large import LargeTable
from labs.datasets.deidentification.messages import NOTES, is_chinese
from labs.datasets.deidentification.reading import Table

AnyTable = Table | LargeTable

MOST_LABELS = 50_000
MOST_NOTED_ROWS = 20
ENDS = 30
"""Rows at the end of a table among which notes and signatures are looked for."""
BLANKS = re.compile(r"[\s\u200b\ufeff\u2060\u00ad]+")
REGION_WORD = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:特别行政区|自治州|自治县|新区|街道|社区|[省市区县镇乡])$")
TOTAL = re.compile(r"^(?:合|总|小|共|累)\s*计[:：]?$|^(?:grand |sub)?total:?$|^sum$", re.IGNORECASE)
REMARK = re.compile(
    r"^[（(*※]?(?:注|备注|说明|附注|数据来源|资料来源|来源|填表|制表|审核|复核|填报|报送|统计|负责|联系|经办|打印|导出)[^,，]{0,10}[:：]"
    r"|^(?:note|source)s?\s*:",
    re.IGNORECASE,
)
UNIT_WORDS = (
    "年 月 日 天 时 小时 分 分钟 秒 人 人次 万人 户 万户 元 万元 亿元 千元 美元 个 件 次 起 宗 辆 台 套 处 座 栋 间 家 所 条 项 张 亩 公顷 平方米 平方公里 平方千米 "
    "万平方米 立方米 万立方米 米 千米 公里 厘米 毫米 吨 万吨 千克 公斤 克 升 毫升 度 千瓦 千瓦时 万千瓦时 摄氏度 分贝 岁 级 分 百分比 % ％ ‰ km km2 km² m m2 m² m3 m³ cm "
    "mm kg g t l ml kw kwh mw ℃ °c db ppm mg/l μg/m3 μg/m³ m/s 元/人 人/平方公里"
)
UNITS = frozenset(UNIT_WORDS.split())
DAMAGED = re.compile(r"^[1-9](?:\.\d+)?[eE]\+?(?:1[4-9]|2\d)$")
INFINITE = re.compile(r"^[+-]?(?:inf(?:inity)?|\d+(?:\.\d*)?[eE]\+?[3-9]\d{2,})$", re.IGNORECASE)
LATITUDE = re.compile(r"纬度|latitude|^lat$", re.IGNORECASE)
LONGITUDE = re.compile(r"经度|longitude|^(?:lon|lng)$", re.IGNORECASE)
CHINA_EAST, CHINA_NORTH = (73.0, 136.0), (3.0, 54.0)


@dataclass(frozen=True)
class Note:
    """Something that a person should look at before the table is used. `row` counts data rows from 1."""

    check: str
    values: dict[str, Any] = field(default_factory=dict)
    column: str | None = None
    row: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the note as the profile holds it."""
        values = self.values | {"column": self.column, "row_of_source": self.row}
        zh, en = (text.format(**values) for text in NOTES[self.check])
        message = zh if is_chinese() else en
        where = {"check": self.check, "column": self.column, "row": self.row}
        return {**where, "message": message, "message_zh": zh, "message_en": en}


def notes_of(table: AnyTable) -> list[Note]:
    """Return what looks like dirt in a table as a whole; what reading it found comes first."""
    found = [Note(check, values, values.get("column")) for check, values in table.noticed]
    return [*found, *_rows(table), *_axes(table)]


def notes_of_column(name: str, labels: pl.Series, counts: Codes) -> list[Note]:
    """Return what looks like dirt in one column, by its different values, sorted, and the rows that hold each."""
    if len(labels) > MOST_LABELS:
        return []
    values = labels.to_list()
    return [*_spellings(name, values), *_numbers(name, counts, values)]


def check_dirt(table: Table, published: Iterable[str]) -> list[Finding]:
    """Warnings of a build: rows that are no records count as people, spellings of one value as different classes."""
    found = [*_rows(table)]
    for name in published:
        labels = table.encoded(name)[1]
        if len(labels) <= MOST_LABELS:
            found += _spellings(name, labels)
    return [
        Finding(note.check, "warn", note.check, note.values | {"row_of_source": note.row}, note.column)
        for note in found
    ]


def plain_form(value: str) -> str:
    """Return a value without what nobody sees as a difference: blanks, width, case, the word for the kind of place."""
    bare = BLANKS.sub("", unicodedata.normalize("NFKC", value)).casefold()
    return REGION_WORD.sub("", bare)


def _spellings(name: str, labels: list[str]) -> Iterator[Note]:
    groups = defaultdict(list)
    for label in labels:
        if label.strip() and not _is_number(label):
            groups[plain_form(label)].append(label)
    torn = [group for group in groups.values() if len(group) > 1]
    if torn:
        values = {"count": len(torn), "value": torn[0][0], "other": torn[0][1]}
        yield Note("spellings", values, column=name)


def _is_number(label: str) -> bool:
    return bool(re.fullmatch(r"[-+]?[\d.]+", label))


def _numbers(name: str, counts: Codes, labels: list[str]) -> Iterator[Note]:
    for check, shape in (("damaged", DAMAGED), ("infinite", INFINITE)):
        wrong = [place for place, label in enumerate(labels) if shape.match(label)]
        if wrong:
            count = int(counts[wrong].sum())
            yield Note(check, {"count": count, "value": labels[wrong[0]]}, column=name)


def _rows(table: AnyTable) -> Iterator[Note]:
    first = table.head(1).row(0)
    if is_units(first) and table.height > 1:
        yield Note("units_row", {"value": "、".join(value for value in first if value)}, row=1)
    yield from _totals([table.column(name) for name in table.names[:3]])
    before = max(0, table.height - ENDS)
    for row, cells in enumerate(table.tail(ENDS).rows(), start=before):
        if is_remark(cells):
            yield Note("note_row", {"value": next(cell for cell in cells if cell)[:40]}, row=row + 1)


def _totals(heads: list[pl.Series]) -> Iterator[Note]:
    said = pl.Series([False]).new_from_index(0, len(heads[0]))
    for column in heads:
        different = column.unique()
        totals = different.filter(different.str.strip_chars().str.contains(_in_polars(TOTAL)))
        if len(totals):
            said |= column.is_in(totals.implode())
    for row in said.arg_true().head(MOST_NOTED_ROWS).to_list():
        value = next(column[row].strip() for column in heads if TOTAL.match(column[row].strip()))
        yield Note("total_row", {"value": value}, row=row + 1)


def _in_polars(pattern: re.Pattern[str]) -> str:
    return "(?i)" + pattern.pattern


def is_units(cells: tuple[str, ...]) -> bool:
    """Return whether a row names the units of its columns: at least two cells, and nothing else."""
    said = [cell.strip().strip("()（）[]【】").removeprefix("单位：").casefold() for cell in cells if cell.strip()]
    return len(said) > 1 and all(cell in UNITS for cell in said)


def is_total(cells: tuple[str, ...]) -> bool:
    """Return whether a row adds others up: one of its first three cells says so and nothing else."""
    return any(TOTAL.match(cell.strip()) for cell in cells[:3])


def is_remark(cells: tuple[str, ...]) -> bool:
    """Return whether a row is a note or a signature: it begins like one and most of its cells are empty."""
    said = [cell.strip() for cell in cells if cell.strip()]
    return bool(said) and len(said) <= max(1, len(cells) // 2) and bool(REMARK.match(said[0]))


def _axes(table: AnyTable) -> Iterator[Note]:
    names = [name for name in table.names if not name.startswith("properties.")]
    north = next((name for name in names if LATITUDE.search(name)), None)
    east = next((name for name in names if LONGITUDE.search(name)), None)
    if north is None or east is None:
        return
    places = pl.DataFrame(
        {
            "east": table.column(east).cast(pl.Float64, strict=False),
            "north": table.column(north).cast(pl.Float64, strict=False),
        }
    ).drop_nulls()
    beyond = pl.col("north").abs() > 90
    abroad = pl.col("north").is_between(*CHINA_EAST) & pl.col("east").is_between(*CHINA_NORTH)
    count = places.filter(beyond | abroad).height
    if count and 2 * count > places.height:
        yield Note("axes", {"other": north, "count": count}, column=east)
