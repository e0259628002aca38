"""Unit and post together: who is the one director of an office is known to everybody, and so is what stands beside it."""

from __future__ import annotations

import re

import numpy as np

from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.hierarchies import ANY
from labs.datasets.deidentification.names import OFFICIAL
from labs.datasets.deidentification.subjects import Subject

UNIT = re.compile(r"单位|部门|机构|科室|处室|院系|学校|企业|公司|(?:^|[^a-z])(?:unit|department|dept|organi[sz]ation|agency|office|company|employer|school|institution)(?:_?name)?(?:[^a-z]|$)", re.IGNORECASE)  # fmt: skip
POST = re.compile(
    r"职务|职位|岗位|职级|职称|(?:^|[^a-z])(?:post|position|job_?title|job|duty)(?:[^a-z]|$)", re.IGNORECASE
)
PRIVATE = re.compile(r"健康|疾病|病情|病史|诊断|体检|残疾|收入|工资|薪|处分|信用|血压|血糖|(?:diagnosis|disease|health|illness|income|salary|wage|disability|blood)", re.IGNORECASE)  # fmt: skip
HELD = re.compile(rf"[\u4e00-\u9fff]{{2,}}(?:{OFFICIAL})\Z")
MOSTLY = 0.5


def check_offices(subject: Subject) -> list[Finding]:
    """Find posts of offices that fewer than k people hold, published beside what is private, outside the classes."""
    rules, names = subject.recipe.columns, subject.release.frame.columns
    is_private = {name for name in names if rules[name].role == "sensitive" or PRIVATE.search(name)}
    units = [name for name in names if UNIT.search(name) and not POST.search(name)]
    posts = [name for name in names if POST.search(name)]
    pairs = [(unit, post) for post in posts for unit in units] + [(name,) for name in names if _are_held(subject, name)]
    for pair in pairs:
        if is_private - set(pair) and not all(rules[name].forms_classes for name in pair):
            few, row = _few(subject, pair)
            if few:
                said = " ".join(str(subject.release.frame[name][row]) for name in pair)
                beside = "、".join(name for name in names if name in is_private - set(pair))
                return [
                    finding(
                        "identifying_column", "stop", column=pair[-1], row=row + 1, sentence="identifying_office",
                        columns="、".join(pair), count=few, k=subject.recipe.k, value=said, beside=beside,
                    )
                ]  # fmt: skip
    return []


def _are_held(subject: Subject, name: str) -> bool:
    """Return whether a column's values are posts with their office: 司法局局长."""
    labels = [label for label in subject.release.encoded(name)[1] if label]
    return bool(labels) and sum(HELD.match(label) is not None for label in labels) >= MOSTLY * len(labels)


def _few(subject: Subject, pair: tuple[str, ...]) -> tuple[int, int]:
    """Return in how many rows fewer than k people hold what is said there, and the first of these rows."""
    recipe = subject.recipe
    codes = subject.release.together(pair)
    persons = subject.source.together(recipe.person)[subject.rows] if recipe.person else np.arange(len(codes))
    people = np.bincount(np.unique(np.stack([codes, persons], axis=1), axis=0)[:, 0])
    is_few = people[codes] < recipe.k
    for name in pair:
        found, labels = subject.release.encoded(name)
        is_few &= ~np.isin(found, [code for code, label in enumerate(labels) if label in ("", ANY)])
    return int(is_few.sum()), int(is_few.argmax())
