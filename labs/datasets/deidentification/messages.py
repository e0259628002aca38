"""Every sentence that the engine says, in Chinese and in English."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

REFUSALS: dict[str, tuple[str, str]] = {
    "file_missing": ("找不到文件 {path}。", "There is no file {path}."),
    "file_large": (
        "{path} 展开后有 {size} MB,超过上限 {most} MB。",
        "{path} holds {size} MB unpacked; the limit is {most} MB.",
    ),
    "file_broken": ("无法读取 {path}:{reason}", "{path} cannot be read: {reason}"),
    "file_empty": ("{path} 没有表头或没有数据行。", "{path} has no header row or no data row."),
    "format_unknown": (
        "无法判断 {path} 的格式，请用 --format csv|xlsx|parquet 指明。",
        "The format of {path} is unknown; name it with --format csv|xlsx|parquet.",
    ),
    "encoding": (
        "{path} 第 {offset} 字节附近既不是 UTF-8、UTF-16,也不是 GB 18030 编码。",
        "{path} is neither UTF-8, UTF-16 nor GB 18030 near byte {offset}.",
    ),
    "encoding_mixed": (
        "{path} 第 {line} 行起换了编码：前面是 UTF-8，这一行不是。请用同一种编码重新保存整个文件。",
        "{path} changes its encoding in line {line}: what stands before is UTF-8, that line is not. Save the whole file in"
        " one encoding.",
    ),
    "separator_wide": (
        "{path} 用全角“{separator}”分隔各列。请换成半角逗号后重新保存。",
        "{path} separates its columns by the full-width {separator}. Replace it by a plain comma and save again.",
    ),
    "header_lone": (
        "{path} 的第一行只有一列，下面各行却用“{separator}”分列：第一行像是标题，不是表头。",
        "The first line of {path} is one column, and the lines below are divided by {separator}: it seems to be a title, not"
        " the headings.",
    ),
    "ragged": (
        "{path} 第 {row} 行有 {found} 列，表头有 {expected} 列。",
        "{path} row {row} has {found} columns; the header has {expected}.",
    ),
    "quote_open": ("{path} 有一个引号没有闭合。", "A quotation mark in {path} is never closed."),
    "sheet_unknown": (
        "工作簿里没有可见的工作表“{sheet}”；有：{sheets}。",
        "The workbook has no visible sheet {sheet}; it has: {sheets}.",
    ),
    "columns_many": ("{path} 有 {found} 列，上限为 {most} 列。", "{path} has {found} columns; the limit is {most}."),
    "column_twice": ("列名 {column} 出现两次。", "The column {column} appears twice."),
    "column_unnamed": ("第 {position} 列没有列名。", "Column {position} has no name."),
    "column_unknown": (
        "表中没有列 {column}；表中的列是：{columns}。",
        "The table has no column {column}; its columns are: {columns}.",
    ),
    "columns_same": (
        "同一列 {column} 不能既是准标识符又是敏感列。",
        "The column {column} cannot be both quasi-identifier and sensitive.",
    ),
    "formula": (
        "第 {row} 行 {column} 列是公式单元格：{value}。请先换成它的值。",
        "Row {row}, column {column} is a formula cell: {value}. Replace it by its value first.",
    ),
    "column_empty": (
        "列 {column} 全部为空，不能作为 {role}。请删除该列（treatment: drop）。",
        "The column {column} holds no value and cannot be {role}. Give it the treatment drop.",
    ),
    "recipe_json": (
        "处理方案 {path} 不是有效的 JSON 或 YAML:{reason}",
        "The recipe {path} is not valid JSON or YAML: {reason}",
    ),
    "recipe_field": ("处理方案的 {place} 有误：{reason}", "The recipe is wrong at {place}: {reason}"),
    "role_missing": (
        "列 {column} 没有角色。每一列都必须在处理方案中写明角色，构建已停止。",
        "The column {column} has no role. The recipe must give every column a role; the build has stopped.",
    ),
    "recipe_stranger": (
        "处理方案是为另一张表写的：表中没有列 {column}。",
        "The recipe is for another table: there is no column {column}.",
    ),
    "k_larger": ("k = {k} 大于表的行数 {rows}。", "k = {k} is larger than the table, which has {rows} rows."),
    "twin_small": (
        "表只有 {rows} 行，少于 {least} 行，不能生成合成数据。",
        "The table has {rows} rows; a synthetic twin needs at least {least}.",
    ),
    "population_missing": (
        "处理方案要求 k_map 或 delta_presence,需要总体表（--population）。",
        "The recipe asks for k_map or delta_presence, which need a table of the population (--population).",
    ),
    "population_column": (
        "总体表中没有列 {column}；它的列是：{columns}。总体表要有全部准标识符、位置和时间列。",
        "The population has no column {column}; its columns are: {columns}. It needs every quasi-identifier, place and time.",
    ),
    "population_number": (
        "总体表第 {row} 行 {column} 列的值 {value} 不是人数：应为 0 或正整数。",
        "Row {row} of the population: the value {value} of {column} is no number of people, which is 0, 1, 2 …",
    ),
    "key_missing": (
        "列 {column} 需要密钥（--key-file）才能生成假名。",
        "The column {column} needs a key (--key-file) for its pseudonyms.",
    ),
    "key_short": ("密钥文件 {path} 少于 {least} 字节。", "The key file {path} holds fewer than {least} bytes."),
    "hierarchy_misses": (
        "列 {column} 的层级缺少值 {value}（共缺 {count} 个值）{place_zh}。",
        "The hierarchy of {column} misses the value {value} ({count} values in all){place_en}.",
    ),
    "hierarchy_torn": (
        "列 {column} 的层级不嵌套：第 {level} 级把 {value} 分到了不同的组。",
        "The hierarchy of {column} is not nested: level {level} puts {value} into different groups.",
    ),
    "hierarchy_ragged": (
        "列 {column} 的层级第 {row} 行有 {found} 列，应为 {expected} 列。",
        "Row {row} of the hierarchy of {column} has {found} columns instead of {expected}.",
    ),
    "hierarchy_twice": (
        "列 {column} 的层级两次给出值 {value}。",
        "The hierarchy of {column} gives the value {value} twice.",
    ),
    "hierarchy_empty": ("列 {column} 的层级是空的。", "The hierarchy of {column} is empty."),
    "hierarchy_unreadable": (
        "无法读取列 {column} 的层级文件 {path}:{reason}",
        "The hierarchy file {path} of {column} cannot be read: {reason}",
    ),
    "levels_range": (
        "列 {column} 的级别范围 {low}–{high} 无效，层级只有 0–{last} 级。",
        "The levels {low}–{high} of {column} are outside its hierarchy (0–{last}).",
    ),
    "lattice_large": (
        "层级组合有 {nodes} 个，超过上限 {most}。请减少级别或准标识符。",
        "The hierarchies combine to {nodes} nodes; the limit is {most}. Offer fewer levels or quasi-identifiers.",
    ),
    "value_number": (
        "列 {column} 的值 {value} 不是数字{place_zh}。",
        "The value {value} of {column} is not a number{place_en}.",
    ),
    "value_date": (
        "列 {column} 的值 {value} 不是日期{place_zh}。",
        "The value {value} of {column} is not a date{place_en}.",
    ),
    "value_region": (
        "列 {column} 的值 {value} 不是 GB/T 2260 行政区划代码{place_zh}。",
        "The value {value} of {column} is not a region code of GB/T 2260{place_en}.",
    ),
    "unreachable": (
        "没有任何泛化方式能在最多隐去 {limit} 的行时满足要求（k = {k}）。请提高上限、增加级别或减少准标识符。",
        "No generalization meets the demand (k = {k}) with at most {limit} of the rows suppressed."
        " Raise the limit, add levels or use fewer quasi-identifiers.",
    ),
    "write_failed": (
        "无法写入 {path}:{reason}。没有留下不完整的文件。",
        "{path} cannot be written: {reason}. Nothing half-written is left.",
    ),
    "arguments": ("参数有误：{reason}", "Wrong arguments: {reason}"),
}
NOTES: dict[str, tuple[str, str]] = {
    "sheets": (
        "工作簿有几张工作表，这里读取的是“{sheet}”；没有读取：{others}。要用另一张，请在“清洗”中选择。",
        "The workbook has several sheets. This is {sheet}; not read: {others}. To use another one, choose it under Clean.",
    ),
    "spellings": (
        "列“{column}”有 {count} 组值只差空格、全角半角、大小写或“区、县”等字（例如“{value}”与“{other}”），会被当作不同的值。请先清洗。",
        "{count} groups of values of column {column} differ only in blanks, width, case or a word such as 区 or 县 (such as"
        " “{value}” and “{other}”) and count as different. Clean them first.",
    ),
    "total_row": (
        "数据第 {row_of_source} 行（不数表头）是合计（“{value}”），不是一条记录，却会被计数。请在“清洗”中删除。",
        "Data row {row_of_source} (the header not counted) is a total (“{value}”), not a record, and would be counted. Remove it under Clean.",
    ),
    "note_row": (
        "数据第 {row_of_source} 行（不数表头）是说明或落款（“{value}”），不是一条记录，却会被计数。请在“清洗”中删除。",
        "Data row {row_of_source} (the header not counted) is a note or a signature (“{value}”), not a record, and would be counted. Remove it under Clean.",
    ),
    "units_row": (
        "表头的下一行写的是单位（{value}），不是一条记录。请在“清洗”中设为单位行。",
        "The row below the header holds units ({value}) and is no record. Make it the row of units under Clean.",
    ),
    "damaged": (
        "列“{column}”有 {count} 个值是表格软件改成近似数的长号码（例如 {value}），末尾几位已经丢失。请向提供单位索取按文本保存的原件。",
        "{count} values of column {column} are long numbers that a spreadsheet turned into rough ones (such as {value}); their"
        " last digits are lost. Ask the source for a file that keeps them as text.",
    ),
    "infinite": (
        "列“{column}”有 {count} 个值不是有限的数（例如 {value}），统计时不计入。",
        "{count} values of column {column} are no finite numbers (such as {value}); the figures leave them out.",
    ),
    "axes": (
        "“{column}”与“{other}”像是颠倒了：{count} 个点的纬度超过 90 度，或经纬度落在中国境外而互换后落在境内。请在“清洗”中互换两列。",
        "{column} and {other} seem to be swapped: {count} points have a latitude beyond 90, or lie in China only with both"
        " exchanged. Exchange the two columns under Clean.",
    ),
    "crs": (
        "文件写明坐标系是 {value}，不是 WGS-84 经纬度（RFC 7946）。坐标没有换算；请在数据目录中填写坐标系。",
        "The file says that its coordinates are in {value}, not WGS-84 longitude and latitude (RFC 7946). They are not"
        " converted; name the reference system in the register.",
    ),
    "own_column": (
        "要素自己的属性“{column}”与坐标列同名，已改名为“{other}”，值没有变。",
        "The features' own property {column} has the name of a column of coordinates. It is kept as {other}, unchanged.",
    ),
}  # fmt: skip


def is_chinese(environ: Mapping[str, str] | None = None) -> bool:
    """Return whether the locale asks for Chinese."""
    environ = os.environ if environ is None else environ
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return environ[name].lower().startswith("zh")
    return False


class Refusal(Exception):
    """The input cannot be used; the sentence says what is wrong and where."""

    status = 2

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(self.text(chinese=False))

    def text(self, *, chinese: bool) -> str:
        """Return the sentence in one language."""
        zh, en = REFUSALS[self.key]
        row = self.values.get("row")
        within = (("总体表", " of the population") if self.values.get("is_population") else ("", "")) if row else None
        places = {
            "place_zh": f",见{within[0]}第 {row} 行" if within else "",
            "place_en": f", first in row {row}{within[1]}" if within else "",
        }
        values = {**places, **self.values}
        if "path" in values:
            # A reader knows the file by its name; where the server keeps it is nobody's business.
            values["path"] = Path(str(values["path"])).name
        return (zh if chinese else en).format(**values)


class Unreachable(Refusal):
    """The input is fine, but no release meets the demand."""

    status = 1
