"""What the treatments do to the values of a column."""

from __future__ import annotations

import hashlib
import hmac
import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from labs.datasets.deidentification import builtin
from labs.datasets.deidentification.hierarchies import Hierarchy, from_arx, from_rows
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.recipe import ColumnRule, Recipe
from labs.datasets.deidentification.texts import blotted

LEAST_KEY = 16
DEFAULT_BUILTIN = {"quasi": "categorical", "geo": "categorical", "time": "date"}


def read_key(path: Path | None) -> bytes | None:
    """Return the key for pseudonyms, date shifts and the order of rows."""
    if path is None:
        return None
    if not path.is_file():
        raise Refusal("file_missing", path=path)
    key = path.read_bytes().strip()
    if len(key) < LEAST_KEY:
        raise Refusal("key_short", path=path, least=LEAST_KEY)
    return key


def digest(key: bytes, *parts: str) -> bytes:
    """Return the keyed digest of texts that cannot run into each other."""
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(key, message, hashlib.sha256).digest()


def hierarchy_of(rule: ColumnRule, values: Sequence[str], folder: Path) -> Hierarchy:
    """Return the hierarchy of a class column, with only the levels that its rule offers."""
    label = fixed_label(rule)
    if rule.treatment == "keep":
        return builtin.fixed(rule.name, values, lambda value: value)
    if label is not None:
        return builtin.fixed(rule.name, values, label)
    whole = declared_hierarchy(rule, values, folder)
    return whole.between(rule.options.get("min_level"), rule.options.get("max_level"))


def declared_hierarchy(rule: ColumnRule, values: Sequence[str], folder: Path) -> Hierarchy:
    """Return the hierarchy that a rule names: built in, a CSV in ARX's format, or inline."""
    wanted = rule.options.get("hierarchy") or DEFAULT_BUILTIN.get(rule.role, "categorical")
    if isinstance(wanted, str):
        wanted = {"csv": wanted} if wanted.endswith(".csv") else {"builtin": wanted}
    if "csv" in wanted:
        return from_arx(rule.name, folder / wanted["csv"]).covering(values)
    if "inline" in wanted:
        return from_rows(rule.name, wanted["inline"]).covering(values)
    return builtin.from_builtin(rule.name, wanted["builtin"], values, wanted)


def fixed_label(rule: ColumnRule) -> Callable[[str], str] | None:
    """Return the function from value to label of a treatment without levels, None for the others."""
    name, options = rule.name, rule.options
    if rule.treatment == "interval" and options.get("edges"):
        edges = sorted(float(edge) for edge in options["edges"])
        return lambda value: builtin.edge_label(builtin.to_number(name, value), edges)
    if rule.treatment == "interval":
        width, origin = float(options["width"]), float(options.get("origin", 0))
        return lambda value: builtin.interval_label(builtin.to_number(name, value), width, origin)
    if rule.treatment == "top_bottom":
        ends = options.get("bottom"), options.get("top")
        return lambda value: builtin.clip_label(builtin.to_number(name, value), value, *ends)
    if rule.treatment == "grid":
        return lambda value: builtin.grid_label(name, value, float(options["meters"]), dict(options))
    return None


def treated(rule: ColumnRule, frame: pl.DataFrame, recipe: Recipe, key: bytes | None) -> pl.Series:
    """Return a column outside the classes as it is published; aggregates wait for the classes."""
    column = frame[rule.name]
    label = fixed_label(rule)
    if rule.treatment == "redact":
        return _mapped(column, blotted)
    if label is not None:
        return _mapped(column, lambda value: label(value) if value else value)
    if rule.treatment == "generalize":
        hierarchy = declared_hierarchy(rule, column.unique().sort().to_list(), recipe.folder)
        level = hierarchy.between(rule.options["level"], rule.options["level"]).columns[0]
        return _mapped(column, dict(zip(hierarchy.leaves, level, strict=True)).__getitem__)
    if rule.treatment == "pseudonym":
        return _pseudonyms(rule, frame, recipe, _key(rule, key))
    if rule.treatment == "date_shift":
        return _shifted(rule, frame, _key(rule, key))
    return column


def _key(rule: ColumnRule, key: bytes | None) -> bytes:
    if key is None:
        raise Refusal("key_missing", column=rule.name)
    return key


def _mapped(column: pl.Series, function: Callable[[str], str]) -> pl.Series:
    values = column.unique().to_list()
    table: Mapping[str, str] = {value: function(value) for value in values}
    return column.replace_strict(table, return_dtype=pl.String)


def _pseudonyms(rule: ColumnRule, frame: pl.DataFrame, recipe: Recipe, key: bytes) -> pl.Series:
    """One keyed pseudonym per value and period; the dataset and the column separate releases of one key."""
    rotation: dict[str, Any] = rule.options.get("rotation") or {}
    periods: list[str] = [""] * frame.height
    if rotation:
        moments = frame[_known(frame, rotation["column"])]
        unit = rotation["period"]
        label = {v: builtin.date_label(builtin.to_date(moments.name, v), unit) for v in moments.unique().to_list() if v}
        periods = [label.get(value, "") for value in moments.to_list()]
    known: dict[tuple[str, str], str] = {}
    out: list[str] = []
    for value, period in zip(frame[rule.name].to_list(), periods, strict=True):
        token = known.get((value, period))
        if token is None:
            token = "" if not value else digest(key, recipe.dataset, rule.name, period, value).hex()[:24]
            known[value, period] = token
        out.append(token)
    return pl.Series(rule.name, out, dtype=pl.String)


def _shifted(rule: ColumnRule, frame: pl.DataFrame, key: bytes) -> pl.Series:
    """Shift dates by a keyed number of days: one per person when `by` names a column, else one for the table."""
    days, by, form = rule.options["days"], rule.options.get("by"), rule.options.get("format")
    people = frame[_known(frame, by)].to_list() if by else [""] * frame.height
    shift = {
        p: int.from_bytes(digest(key, "shift", rule.name, p)[:8], "big") % (2 * days + 1) - days for p in set(people)
    }
    out = []
    for value, person in zip(frame[rule.name].to_list(), people, strict=True):
        try:
            moved = builtin.to_date(rule.name, value, form) + timedelta(days=shift[person]) if value else None
        except OverflowError as error:
            raise Refusal("value_date", column=rule.name, value=value) from error
        out.append("" if moved is None else moved.strftime("%Y-%m-%d"))
    return pl.Series(rule.name, out, dtype=pl.String)


def _known(frame: pl.DataFrame, name: str) -> str:
    if name not in frame.columns:
        raise Refusal("recipe_stranger", column=name)
    return name


def aggregated(rule: ColumnRule, column: pl.Series, classes: Sequence[int]) -> pl.Series:
    """Return a numeric column with every value replaced by its class's mean or median."""
    members: dict[int, list[float]] = {}
    for value, group in zip(column.to_list(), classes, strict=True):
        if value:
            members.setdefault(group, []).append(builtin.to_number(rule.name, value))
    function = statistics.median if rule.options.get("function") == "median" else statistics.fmean
    digits = rule.options.get("digits", 2)
    label = {group: f"{round(function(values), digits):.{max(digits, 0)}f}" for group, values in members.items()}
    return pl.Series(rule.name, [label.get(group, "") for group in classes], dtype=pl.String)
