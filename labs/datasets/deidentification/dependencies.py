"""Columns outside the classes that say more about a generalized column than was to be published of it.

Two ways: a finer column (ward) beside a generalized one (district) gives the district away; a coarser one (district) that
a generalized column (ward) determines is known to whoever knows the ward, and splits the classes.
"""

from __future__ import annotations

import numpy as np

from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.groups import determined
from labs.datasets.deidentification.hierarchies import Codes
from labs.datasets.deidentification.subjects import Subject
from labs.datasets.deidentification.treatments import declared_hierarchy

GIVES_AWAY = 0.95
# What chance alone would give, with the values of one column shuffled, must be left behind by this share of the way to 1.
BEYOND_CHANCE = 0.9
# Rows beyond the first of each value (only a value that repeats can show that it always goes with the same other one), and
# rows with another than the commonest value (a column that hardly varies is determined by anything).
LEAST_EVIDENCE = 10
SMALLEST_GROUP = 2.0


def check_dependencies(subject: Subject) -> list[Finding]:
    """Return both kinds of findings."""
    known = {name: subject.release.encoded(name)[0] for name in subject.plain_columns}
    out = []
    for other in subject.levels:
        shown, _ = subject.release.encoded(other)
        every, _ = subject.source.encoded(other)
        values = every[subject.rows]
        hidden = [finer for finer in _finer_codes(subject, other) if determined(shown, finer) < GIVES_AWAY]
        for name, codes in known.items():
            told = _told(codes, hidden)
            if told >= GIVES_AWAY:
                out.append(finding("dependency", "stop", column=name, other=other, share=f"{told:.1%}"))
            elif subject.recipe.columns[name].role in ("plain", "time") and determined(shown, codes) < GIVES_AWAY:
                out += _determined_by(subject, name, codes, other, values)
    return out


def is_beyond_chance(known: Codes, hidden: Codes) -> bool:
    """Return whether one column determines another nearly always, in enough rows that repeat,
    and far more than chance would."""
    others = len(hidden) - int(np.bincount(hidden).max())
    if min(len(known) - len(np.unique(known)), others) < LEAST_EVIDENCE:
        return False
    share = determined(known, hidden)
    chance = determined(known, np.random.default_rng(0).permutation(hidden))
    return share >= GIVES_AWAY and chance < 1.0 and (share - chance) / (1.0 - chance) >= BEYOND_CHANCE


def _told(codes: Codes, hidden: list[Codes]) -> float:
    """Return the largest share of what was generalized away that a column tells;
    0 where too few rows prove anything."""
    if len(codes) < SMALLEST_GROUP * (int(codes.max()) + 1):
        return 0.0
    return max((determined(codes, finer) for finer in hidden if is_beyond_chance(codes, finer)), default=0.0)


def _determined_by(subject: Subject, name: str, codes: Codes, other: str, values: Codes) -> list[Finding]:
    """Find a column that whoever knows the generalized value knows too, and how small the classes become with it.

    Only rows whose value of the generalized column repeats prove anything.
    """
    repeats = np.bincount(values)[values] > 1
    if not repeats.any() or not is_beyond_chance(values[repeats], codes[repeats]):
        return []
    classes = np.unique(np.stack([subject.classes.of_row, codes]), axis=1, return_inverse=True)[1]
    smallest = int(np.bincount(classes.ravel()).min())
    severity = "stop" if smallest < subject.recipe.k else "warn"
    share = f"{determined(values[repeats], codes[repeats]):.1%}"
    return [
        finding("dependency", severity, column=name, sentence="dependency_by", other=other, share=share, k=smallest)
    ]


def _finer_codes(subject: Subject, name: str) -> list[Codes]:
    """Return, per released row, what each level below the published one shows; the value for a fixed treatment."""
    rule = subject.recipe.columns[name]
    every, labels = subject.source.encoded(name)
    codes = every[subject.rows]
    if rule.treatment != "generalize":
        return [codes]
    hierarchy = declared_hierarchy(rule, labels, subject.recipe.folder)
    out = []
    for column in hierarchy.columns[: max(subject.levels[name])]:
        finer = [column[hierarchy.code_of[label]] for label in labels]
        place = {label: index for index, label in enumerate(sorted(set(finer)))}
        out.append(np.array([place[label] for label in finer], np.int64)[codes])
    return out
