"""The check for columns that say who somebody is: by their heading, by their values, or read together with their neighbors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.headings import COARSENED, KINDS, kind_of, kind_of_values
from labs.datasets.deidentification.hierarchies import ANY
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.subjects import Subject
from labs.datasets.deidentification.whole_tables import kinds_together

MOST_JOINED, LONGEST_PIECE = 2000, 14
DAY = re.compile(r"(?:19|20)\d{6}$")


class _Labels(Mapping[str, list[str]]):
    """The different values of a table's columns, worked out when they are looked at: those of dropped ones seldom are."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def __getitem__(self, name: str) -> list[str]:
        return self.table.encoded(name)[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.names)

    def __len__(self) -> int:
        return len(self.table.names)


def check_identifying(subject: Subject) -> list[Finding]:
    """Find published columns that are about who somebody is, by heading or by their values in the source.

    The role does not matter: a column of names is one also as `quasi` or `text`. Only a pseudonym, or for dates of
    birth and addresses a coarser value in every row, changes what the column says.
    """
    out = []
    together = kinds_together(_Labels(subject.source), subject.release.frame.columns)
    for name in subject.release.frame.columns:
        rule = subject.recipe.columns[name]
        if together.get(name) == "heading":
            out.append(finding("identifying_column", "stop", column=name, sentence="identifying_heading"))
            continue
        if rule.treatment == "pseudonym":
            continue
        kind = kind_of(name, subject.source.encoded(name)[1]) or together.get(name)
        if kind is None or (kind in COARSENED and _is_coarser(subject, name)):
            continue
        said = "identifying_point" if kind == "coordinates" else ""
        english = kind.replace("_", " ")
        out.append(finding("identifying_column", "stop", column=name, sentence=said, kind=KINDS[kind], kind_en=english))
    return out


def _is_coarser(subject: Subject, name: str) -> bool:
    """Return whether no filled value of a column is published as it stands in the source."""
    published = set(subject.release.encoded(name)[1]) - {""}
    return published.isdisjoint(subject.source.encoded(name)[1])


def check_joined(subject: Subject) -> list[Finding]:
    """Find a name or number that was cut over neighboring columns."""
    rules, frame = subject.recipe.columns, subject.release.frame
    shown = [name for name in frame.columns if rules[name].treatment != "pseudonym" and _is_piece(subject, name)]
    out: list[Finding] = []
    cells = {name: frame[name].head(MOST_JOINED).to_list() for name in shown}
    for width in (2, 3):
        for names in zip(*(shown[start:] for start in range(width)), strict=False):
            # A star hides a whole value; behind digits it would read like a masked number.
            rows = set(zip(*(cells[name] for name in names), strict=True))
            joined = sorted({"".join(row) for row in rows if ANY not in row})
            kind = kind_of_values(joined, is_piece=True)
            if kind in ("name", "phone", "id_number") and not any(one.column in names for one in out):
                out.append(
                    finding(
                        "identifying_column",
                        "stop",
                        column=names[0],
                        sentence="identifying_joined",
                        kind=KINDS[kind],
                        kind_en=kind.replace("_", " "),
                        others="、".join(names[1:]),
                    )
                )
    return out


def _is_piece(subject: Subject, name: str) -> bool:
    """Return whether a column may be a part of something: short, neither a day nor telling by itself."""
    labels = [label for label in subject.release.encoded(name)[1][:MOST_JOINED] if label]
    is_short = bool(labels) and all(len(label) <= LONGEST_PIECE and not DAY.match(label) for label in labels)
    return is_short and kind_of(name, labels) is None
