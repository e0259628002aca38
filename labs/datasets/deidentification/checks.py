"""The checks before approval that need one table and its release."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import polars as pl

from labs.datasets.deidentification import detectors
from labs.datasets.deidentification.dependencies import check_dependencies
from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.offices import check_offices
from labs.datasets.deidentification.pointing import check_identifying, check_joined
from labs.datasets.deidentification.reading import is_blank
from labs.datasets.deidentification.recipe import TIERS, Recipe
from labs.datasets.deidentification.solving import Solution
from labs.datasets.deidentification.subjects import Subject
from labs.datasets.deidentification.texts import check_names_left, is_running, says_something
from labs.datasets.deidentification.wrapped import unwrapped

NEAR_UNIQUE, OFTEN_UNIQUE = 0.5, 0.2
LEAST_ROWS = 8
MOSTLY_FEW = 0.5
MOST_FINDINGS = 20
IMPRECISE = frozenset({"landline", "passport"})


def check_release(subject: Subject) -> list[Finding]:
    """Return everything that one release shows by itself."""
    if not subject.release.frame.height:
        return [finding("class_size", "stop", sentence="release_empty")]
    return [
        *_check_order(subject),
        *_check_plain(subject),
        *check_dependencies(subject),
        *_check_identifiers(subject),
        *check_identifying(subject),
        *check_joined(subject),
        *check_offices(subject),
        *check_names_left(subject),
        *_check_persons(subject),
        *_check_redacted(subject),
        *_check_classes(subject),
    ]


def _check_redacted(subject: Subject) -> list[Finding]:
    """Say what a program cannot blot out; the share is measured on labelled texts (tests, detectors of names)."""
    columns = subject.recipe.columns
    shown = [name for name in subject.release.frame.columns if columns[name].treatment == "redact"]
    return [finding("redacted", "warn", column=name) for name in shown]


def _check_persons(subject: Subject) -> list[Finding]:
    """Ask who a person is when a column that names people says the same in several rows."""
    if subject.recipe.person or subject.recipe.rows_are_persons:
        return []
    for name, rule in subject.recipe.columns.items():
        if rule.role != "direct" and rule.treatment != "pseudonym":
            continue
        codes, labels = subject.source.encoded(name)
        counts = np.bincount(codes, minlength=len(labels))
        if labels[0] == "":
            counts[0] = 0
        repeated = int(counts[counts > 1].sum())
        if repeated:
            return [finding("persons_unsaid", "stop", column=name, count=repeated)]
    return []


def check_remainder(recipe: Recipe, suppressed: int) -> list[Finding]:
    """Return a finding when masked rows stay in the release and are too few to hide one another."""
    if recipe.masks_suppressed and 0 < suppressed < recipe.k:
        return [finding("remainder", "stop", count=suppressed, k=recipe.k)]
    return []


def check_optimum(solution: Solution) -> list[Finding]:
    """Say when the search could not prove that no release loses less: t also holds against the rows that stay."""
    if solution.least is None or solution.is_optimal:
        return []
    return [finding("not_optimal", "warn", ncp=f"{solution.ncp:.4f}", least=f"{solution.least:.4f}")]


def check_claim(recipe: Recipe, report: dict[str, Any]) -> list[Finding]:
    """Return where the finished release, measured again, misses what the recipe asks for."""
    out = []
    if recipe.class_columns and report["k"] < recipe.k:
        out.append(finding("claim", "stop", model="k", found=report["k"], wanted=f"≥ {recipe.k}"))
    for name, found in report["sensitive"].items():
        for model, wanted in (("l_distinct", recipe.distinct.get(name)), ("l_entropy", recipe.entropy.get(name))):
            if wanted is not None and found[model] < wanted - 1e-9:
                out.append(finding("claim", "stop", column=name, model=model, found=found[model], wanted=wanted))
        closest = recipe.closeness.get(name)
        if closest is not None and found["t"] > closest + 1e-9:
            out.append(finding("claim", "stop", column=name, model="t", found=found["t"], wanted=closest))
    if recipe.k_map and report["k_map"] < recipe.k_map:
        out.append(finding("claim", "stop", model="k-map", found=report["k_map"], wanted=f"≥ {recipe.k_map}"))
    if recipe.delta_presence is not None and report["delta_presence"] > recipe.delta_presence + 1e-9:
        found_delta = report["delta_presence"]
        out.append(finding("claim", "stop", model="δ", found=found_delta, wanted=f"≤ {recipe.delta_presence}"))
    return out


def _check_order(subject: Subject) -> list[Finding]:
    out = []
    if len(subject.rows) >= LEAST_ROWS and _follows(subject.rows.astype(np.float64)):
        out.append(finding("row_order", "stop"))
    in_order = None
    for name in subject.plain_columns:
        numbers = subject.release.frame[name].cast(pl.Float64, strict=False).to_numpy()
        if len(numbers) < LEAST_ROWS or np.isnan(numbers).any():
            continue
        in_order = np.argsort(subject.rows, kind="stable") if in_order is None else in_order
        numbers = numbers[in_order]
        steps = np.diff(numbers)
        if (steps > 0).all() or (steps < 0).all():
            out.append(finding("leaked_index", "stop", column=name))
    return out


def _follows(sequence: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """Return whether a sequence of row numbers correlates with its own order far beyond chance."""
    correlation = np.corrcoef(sequence, np.arange(len(sequence)))[0, 1]
    return bool(abs(correlation) > min(0.98, 5 / np.sqrt(len(sequence) - 1)))


def _check_plain(subject: Subject) -> list[Finding]:
    out = []
    for name in subject.plain_columns:
        column = subject.release.frame[name]
        if is_blank(subject.release.encoded(name)[1]):
            out.append(finding("empty_column", "warn", column=name))
            continue
        found: list[Finding] = []
        if subject.recipe.columns[name].role in ("plain", "time", "text"):
            found = _check_unique(subject, name, column)
        elif subject.recipe.columns[name].role == "sensitive":
            found = _check_rare(subject, name, column)
        out += found or _check_few(subject, name, column)
    return out


def _check_unique(subject: Subject, name: str, column: pl.Series) -> list[Finding]:
    codes, labels = subject.release.encoded(name)
    counts = np.bincount(codes, minlength=len(labels))
    single = np.flatnonzero(counts == 1)
    share = len(single) / len(codes)
    values = column.cast(pl.Float64, strict=False)
    is_number = values.null_count() == int((column == "").sum())
    is_label = subject.recipe.columns[name].role == "text" and not is_number and not is_running(labels)
    is_text = subject.recipe.columns[name].role == "text" and not is_label
    if share >= OFTEN_UNIQUE and len(codes) >= LEAST_ROWS:
        severity = "stop" if not is_text and (share >= NEAR_UNIQUE or not is_number) else "warn"
        said = "near_unique_label" if is_label else ""
        return [finding("near_unique", severity, column=name, sentence=said, share=f"{share:.1%}")]
    if is_label:  # what is blotted out wholly says nothing, however many names it were
        single = np.array([code for code in single if says_something(labels[int(code)])], dtype=np.int64)
    if not len(single) or is_text:
        return []
    if not is_number:
        row = int(np.flatnonzero(codes == single[0])[0]) + 1
        value = labels[int(single[0])]
        return [finding("unique_value", "stop", column=name, row=row, count=len(single), value=value)]
    for place in (values.arg_max(), values.arg_min()):
        if place is not None and counts[codes[place]] == 1:
            return [finding("extreme", "warn", column=name, row=place + 1, value=column[place])]
    return []


def _check_few(subject: Subject, name: str, column: pl.Series) -> list[Finding]:
    """Find words of which most are those of a few people: who knows the word knows the person. Amounts are not words."""
    recipe = subject.recipe
    if recipe.columns[name].role == "text" or column.cast(pl.Float64, strict=False).null_count() < len(column) // 2:
        return []
    codes, labels = subject.release.encoded(name)
    persons = subject.source.together(recipe.person)[subject.rows] if recipe.person else np.arange(len(codes))
    pairs = np.unique(np.stack([codes, persons], axis=1), axis=0)[:, 0]
    people = np.bincount(pairs, minlength=len(labels))
    is_few = people[codes] < recipe.k
    if labels[0] == "":
        is_few &= codes != 0
    share = float(is_few.mean())
    if share < MOSTLY_FEW or len(codes) < LEAST_ROWS:
        return []
    row = int(np.flatnonzero(is_few)[0])
    return [
        finding("few_people", "warn", column=name, row=row + 1, share=f"{share:.0%}", k=recipe.k, value=column[row])
    ]


def _check_rare(subject: Subject, name: str, column: pl.Series) -> list[Finding]:
    """Find values of a sensitive column that stand alone: one income of its own names whoever is known to earn it."""
    codes, labels = subject.release.encoded(name)
    counts = np.bincount(codes, minlength=len(labels))
    if not (counts == 1).any():
        return []
    values = column.cast(pl.Float64, strict=False)
    if values.null_count() > int((column == "").sum()):
        return [finding("unique_value", "warn", column=name, sentence="rare_value", count=int((counts == 1).sum()))]
    for place in (values.arg_max(), values.arg_min()):
        if place is not None and counts[codes[place]] == 1:
            return [finding("extreme", "warn", column=name, row=place + 1, value=column[place])]
    return []


def _check_identifiers(subject: Subject) -> list[Finding]:
    out = []
    for name in subject.release.frame.columns:
        for found in detectors.find(name):
            out.append(_identifier(found.kind, name, None, 1, sentence="identifier_header"))
        if subject.recipe.columns[name].treatment == "pseudonym":
            continue
        column = subject.release.frame[name]
        kinds: Counter[str] = Counter()
        example: dict[str, str] = {}
        for value in subject.release.encoded(name)[1]:
            for found in detectors.find(unwrapped(value)):
                kinds[found.kind] += 1
                example.setdefault(found.kind, value)
        for kind, count in sorted(kinds.items())[:MOST_FINDINGS]:
            row = (column == example[kind]).arg_max()
            out.append(_identifier(kind, name, (row or 0) + 1, count))
    return out


def _identifier(kind: str, column: str, row: int | None, count: int, sentence: str = "identifier") -> Finding:
    severity = "warn" if kind in IMPRECISE else "stop"
    label = f"{detectors.TOKENS[kind]}({kind})"
    return finding("identifier", severity, column=column, row=row, sentence=sentence, kind=label, count=count)


def _check_classes(subject: Subject) -> list[Finding]:
    recipe, k = subject.recipe, subject.classes.k
    if not recipe.class_columns:
        return [finding("class_size", "warn", sentence="no_class_column")]
    smallest = int(subject.classes.of_row[np.argmin(subject.classes.sizes[subject.classes.of_row])])
    row = int(np.flatnonzero(subject.classes.of_row == smallest)[0]) + 1
    if recipe.tier is not None and k < TIERS[recipe.tier]:
        return [finding("class_size", "stop", row=row, k=k, least=TIERS[recipe.tier])]
    if recipe.tier is None and k < TIERS["lab"]:
        return [finding("class_size", "warn", row=row, sentence="tier_missing", k=k)]
    return []
