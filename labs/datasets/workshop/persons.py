"""Whether a table tells of persons although its release is to state that it holds no personal information."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.headings import KINDS, MOST_LOOKED_AT, kind_of_heading, kind_of_values
from labs.datasets.deidentification.whole_tables import people_as_headings

# Public places have telephones, addresses and points too; these are somebody's.
BY_HEADING = frozenset({"name", "id_number", "birth_date", "account"})
BY_VALUES = frozenset({"name", "id_number", "birth_date", "phone", "hash"})
ATTRIBUTES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"性别|^(?:sex|gender)$", r"年龄|^age$", r"民族|^(?:race|ethnicity)$", r"婚姻|婚否|marital", r"学历|文化程度|education",
        r"职务|职业|职称|工种|occupation|profession", r"收入|工资|薪|(?:income|salary|wage)", r"健康|疾病|病情|诊断|残疾|diagnosis|disease|health",
        r"户籍|户口|籍贯", r"出生年|birth_?year", r"政治面貌", r"低保|救助类别|困难类型",
    )
)  # fmt: skip
COUNTED = re.compile(r"人数|人口|户数|人次|数量|合计|占比|比例|比率|平均|率$|数$|count|number|total|population|share|rate|mean|median", re.IGNORECASE)  # fmt: skip
LANDLINE = re.compile(r"\(?0")
INVENTED = "合成"
FEWEST_ATTRIBUTES = 3


def check_persons(name: str, frame: pl.DataFrame) -> list[Finding]:
    """Return what contradicts the statement: columns about who somebody is, and tables whose rows describe people.

    `name` is the table's. A table of counts by age and sex describes nobody.
    """
    out = []
    as_people = set(people_as_headings(frame.columns))
    for heading in frame.columns:
        labels = [label for label in frame[heading].unique().sort().head(MOST_LOOKED_AT).to_list() if label]
        kind = "heading" if heading in as_people else _kind(heading, labels)
        if kind is not None:
            english = "name" if kind == "heading" else kind.replace("_", " ")
            out.append(finding("persons_denied", "stop", column=heading, kind=KINDS[kind], kind_en=english))
    told = [heading for heading in frame.columns if any(pattern.search(heading) for pattern in ATTRIBUTES)]
    if not out and len(told) >= FEWEST_ATTRIBUTES and not any(map(COUNTED.search, frame.columns)):
        out.append(
            finding(
                "persons_denied",
                "stop",
                column=told[0],
                sentence="persons_described",
                names="、".join(told),
                table=name,
            )
        )
    return out


def _kind(heading: str, labels: Sequence[str]) -> str | None:
    if not labels or all(label.startswith((INVENTED, f"（{INVENTED}")) for label in labels):
        return None
    announced, shaped = kind_of_heading(heading), kind_of_values(labels)
    if shaped == "phone" and LANDLINE.match(labels[-1]):
        return None  # an office's
    return announced if announced in BY_HEADING else shaped if shaped in BY_VALUES else None
