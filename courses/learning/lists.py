"""Staff lists as people paste them: one person a line, the login name alone or among other columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.writing import code_form, plain

LOGIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{1,39}")
BETWEEN = re.compile(r"[\s,;，；、|]+")
LONGEST_LIST = 500
HEADINGS = frozenset(
    [
        "name",
        "username",
        "login",
        "account",
        "id",
        "unit",
        "organization",
        "department",
        "no",
        "number",
        "姓名",
        "登录名",
        "登陆名",
        "账号",
        "帐号",
        "工号",
        "编号",
        "序号",
        "单位",
        "部门",
        "岗位",
        "职务",
        "职级",
        "人员",
    ]
)
"""Words of a table's first row, small letters: a row with two of them, or with nothing else, names columns."""


@dataclass(frozen=True)
class ListLine:
    """A line with something in it; `username` is empty where no login name was found."""

    number: int
    text: str
    username: str


def read_list(text: str) -> list[ListLine]:
    """Return the lines of a pasted list, blank ones left out."""
    lines: list[ListLine] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [code_form(cell) for cell in BETWEEN.split(plain(line)) if cell]
        if cells and not lines and _is_heading(cells):
            continue
        if cells:
            username = next((cell for cell in cells if LOGIN_NAME.fullmatch(cell)), "")
            lines.append(ListLine(number, line.strip(), username))
    return lines


def _is_heading(cells: list[str]) -> bool:
    known = sum(cell.casefold() in HEADINGS for cell in cells)
    return known > 1 or known == len(cells)
