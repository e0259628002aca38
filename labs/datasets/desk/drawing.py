"""A column's hierarchy as a page draws it: one row per value of the column, one box per level."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from labs.datasets.deidentification.hierarchies import ANY, from_rows
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.desk.opening import is_small, table_of
from labs.datasets.models import Draft
from labs.datasets.refusals import DeskRefused

MOST_DRAWN = 300
MOST_ROWS = 20_000
LEVELS = 3
Rows = list[list[str]]


@dataclass(frozen=True)
class Drawing:
    """What the page shows: the column's values, each with its groups, the lowest level first."""

    column: str
    rows: Rows
    has_more: bool

    @property
    def groups(self) -> list[list[str]]:
        """The names in use at each level, to choose from."""
        return [sorted({row[level] for row in self.rows} - {"", ANY}) for level in range(1, LEVELS + 1)]


def drawing_of(draft: Draft, column: str) -> Drawing:
    """Return the column's values with the groups that the draft gives them now. Raises DeskRefused."""
    known = {row[0]: row[1:] for row in inline_rows(draft, column)}
    values = values_of(draft, column)
    shown = values[:MOST_DRAWN]
    return Drawing(column, [[value, *_boxes(known.get(value, []))] for value in shown], len(values) > len(shown))


def inline_rows(draft: Draft, column: str) -> Rows:
    """Return the rows of the column's own hierarchy in the recipe; none where it has another."""
    wanted = draft.document.get("columns", {}).get(column, {}).get("hierarchy")
    return list(wanted.get("inline", [])) if isinstance(wanted, dict) else []


def values_of(draft: Draft, column: str) -> list[str]:
    """Every value that the raw data, and the population, have in the column, sorted, without the missing one.

    Raises DeskRefused.
    """
    if not is_small(draft.batch, draft.population):
        problem = _("The file is too large to read its values here. Bring the hierarchy in a recipe file.")
        raise DeskRefused("unusable", problem=problem)
    tables = [table_of(draft.batch)]
    if draft.population is not None and not draft.population.is_destroyed:
        tables += [table for table in (table_of(draft.population),) if column in table.frame.columns]
    return sorted({value for table in tables for value in table.encoded(column)[1] if value})


def drawn(posted: QueryDict, values: Sequence[str]) -> Rows:
    """Return the rows that the page's boxes describe.

    An empty box leaves a value as it is one level below; a last level without any difference is put above.
    """
    rows = []
    for place, value in enumerate(values[:MOST_DRAWN]):
        row = [value]
        for level in range(1, LEVELS + 1):
            row.append(posted.get(f"level-{place}-{level}", "").strip()[:200] or row[-1])
        rows.append(row)
    width = max((_height(row) for row in rows), default=1)
    return [[*row[:width], ANY] for row in rows]


def read_arx(content: bytes) -> Rows:
    """Rows of a CSV in ARX's format: value and levels, parted by semicolons or commas. Raises DeskRefused."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise DeskRefused("recipe_wrong", problem=_("The file is neither UTF-8 nor GB 18030."))
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_ROWS:
        problem = _("The hierarchy has %(count)s rows; at most %(most)s are taken.")
        raise DeskRefused("recipe_wrong", problem=problem % {"count": len(lines), "most": MOST_ROWS})
    parting = ";" if lines and ";" in lines[0] else ","
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=parting)]


def checked(column: str, rows: Rows, values: Sequence[str]) -> Rows:
    """Return the rows, when every level nests and every value of the column has one.
    Raises DeskRefused naming what is not."""
    try:
        from_rows(column, rows).covering(values)
    except Refusal as refusal:
        raise DeskRefused("recipe_wrong", problem=refusal.text(chinese=get_language() != "en")) from refusal
    return rows


def _height(row: Sequence[str]) -> int:
    """Return how many cells of a row stand below the level from which nothing changes any more."""
    height = len(row)
    while height > 1 and row[height - 1] == row[height - 2]:
        height -= 1
    return height


def _boxes(levels: Sequence[str]) -> list[str]:
    kept = [level for level in levels if level != ANY][:LEVELS]
    return [*kept, *([""] * (LEVELS - len(kept)))]
