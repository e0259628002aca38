"""Whether a file passes, and what stops it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from labs.datasets.deidentification import detectors
from labs.datasets.deidentification.headings import kind_of_heading, kind_of_values

from .findings import COLUMN, COPY, IDENTIFIER, REVIEWED, ROWS, SIZE, Finding
from .opening import Opened, opened
from .rows import Fingerprints, lines_of, recognized

LARGEST_TEXT = 1 << 20
"""More characters than this pass by a reviewer alone: they take a person to judge, and seconds to scan."""

# One of these is a person. Of the others there must be several: one's own name stands in one's own notebook.
STRONG = frozenset(["id_card", "bank_card", "mobile", "passport", "permit"])
LEAST = {"name": 2}
LEAST_OTHERS = 6
TELLING_HEADINGS = frozenset(["id_number", "phone", "account", "name", "birth_date"])
FEWEST_VALUES = 5
# A release that holds them was judged for it; plots of places are what labs are for.
PASSED = frozenset(["coordinates", "device"])


@dataclass(frozen=True)
class Known:
    """A version that the lab can read: its name, the digests of its files, and what its tables' rows look like."""

    version: str
    digests: frozenset[str]
    tables: tuple[Fingerprints, ...]


def judge(name: str, content: bytes, *, needs_review: bool, known: Iterable[Known], key: bytes) -> list[Finding]:
    """Return what stops the file; nothing when it passes. With `needs_review` only notebooks without output pass."""
    seen = opened(name, content)
    findings = [*seen.findings, *_of_data(seen, list(known), key)]
    if seen.characters > LARGEST_TEXT:
        findings.append(Finding(SIZE, name, "text", seen.characters))
    else:
        findings += _identifiers(seen)
    findings += _columns(seen)
    if needs_review and not seen.is_bare_notebook:
        findings.append(Finding(REVIEWED, name))
    return list(dict.fromkeys(findings))


def _of_data(seen: Opened, known: Sequence[Known], key: bytes) -> Iterator[Finding]:
    lines = [line for _, text in seen.texts for line in lines_of(text)]
    for version in known:
        if version.digests & seen.digests:
            yield Finding(COPY, version=version.version)
            continue
        counts = [(recognized(lines, table, key), table.least) for table in version.tables]
        if found := [count for count, least in counts if count >= least]:
            yield Finding(ROWS, count=max(found), version=version.version)


def _identifiers(seen: Opened) -> Iterator[Finding]:
    found: Counter[str] = Counter()
    places: dict[str, str] = {}
    values: set[tuple[str, str]] = set()
    looked_at: set[str] = set()
    for place, text in seen.texts:
        for line in text.splitlines():
            if line in looked_at:
                continue
            looked_at.add(line)
            for hit in detectors.find(line):
                value = (hit.kind, line[hit.start : hit.end])
                if value not in values:
                    values.add(value)
                    found[hit.kind] += 1
                    places.setdefault(hit.kind, place)
    for kind, count in sorted(found.items()):
        if count >= (1 if kind in STRONG else LEAST.get(kind, LEAST_OTHERS)):
            yield Finding(IDENTIFIER, places[kind], kind, count)


def _columns(seen: Opened) -> Iterator[Finding]:
    """Whole columns that point at people, by heading or by what stands in them."""
    for place, text in seen.texts:
        lines = lines_of(text)
        if len(lines) <= FEWEST_VALUES:
            continue
        header, body = lines[0], [line for line in lines[1:] if len(line) == len(lines[0])]
        if len(body) < FEWEST_VALUES:
            continue
        for index, heading in enumerate(header):
            labels = list(dict.fromkeys(line[index].strip() for line in body))
            by_heading = kind_of_heading(heading.strip(" \"'"))
            kind = by_heading if by_heading in TELLING_HEADINGS else kind_of_values(labels)
            if kind is not None and kind not in PASSED and len(labels) > 1:
                yield Finding(COLUMN, place, kind, len(labels))
