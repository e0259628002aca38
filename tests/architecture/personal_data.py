"""Which columns name or describe a person, by what and for how long: `personal_data.toml`, looked up and written into the docs.

`python -m tests.architecture.personal_data` writes the tables of docs/reference/personal-data.md anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Field, Model

ROOT = Path(__file__).resolve().parents[2]
MAP = Path(__file__).with_suffix(".toml")
PAGE = ROOT / "docs/reference/personal-data.md"
BEGIN, END = "<!-- begin: python -m tests.architecture.personal_data -->", "<!-- end -->"
OURS = ("portal", "courses", "labs", "search")


@dataclass(frozen=True)
class Entry:
    """What was decided of one table: whose its rows are, how long they stay, its columns by category."""

    label: str
    of: str = ""
    kept: str = ""
    category: str = ""
    nothing: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def decided(self) -> set[str]:
        """Every column that somebody decided on."""
        return {*self.nothing, *(name for names in self.columns.values() for name in names)}

    @property
    def is_personal(self) -> bool:
        """Whether anything in it names or describes a person."""
        return bool(self.of or self.category or self.columns)


@dataclass(frozen=True)
class Known:
    """The whole map."""

    categories: Mapping[str, str]
    kept: Mapping[str, str]
    entries: Mapping[str, Entry]
    elsewhere: tuple[Mapping[str, str], ...]


def known() -> Known:
    """Return the map as it stands."""
    read = tomllib.loads(MAP.read_text("utf-8"))
    entries = {label: _entry(label, said) for label, said in read["tables"].items()}
    return Known(read["categories"], read["kept"], entries, tuple(read["elsewhere"]))


def _entry(label: str, said: Mapping[str, Any]) -> Entry:
    plain = {name: said.get(name, "") for name in ("of", "kept", "category")}
    columns = {name: tuple(names) for name, names in said.items() if name not in (*plain, "nothing")}
    return Entry(label, nothing=tuple(said.get("nothing", ())), columns=columns, **plain)


def asked(model: type[Model], people: Iterable[type[Model]], entry: Entry | None) -> Iterator[str]:
    """Columns of a table of ours that need a decision: in rows about a person every one, else whatever could tell of one."""
    from portal.queue.models import LeasedRow

    of_work = {each.name for each in LeasedRow._meta.get_fields()} if issubclass(model, LeasedRow) else set()
    is_about_a_person = entry is not None and bool(entry.of)
    for each in (*model._meta.local_concrete_fields, *model._meta.local_many_to_many):
        if each.primary_key or each.name in of_work or each.name == "uuid":
            continue
        if is_about_a_person or _could_tell(each, set(people)):
            yield each.name


def _could_tell(column: Field[Any, Any], people: set[type[Model]]) -> bool:
    from django.db import models

    if isinstance(column, models.DateTimeField):
        return False
    if column.is_relation:
        return column.related_model in people
    kinds = (models.CharField, models.TextField, models.JSONField, models.DateField, models.FileField)
    return isinstance(column, (*kinds, models.BinaryField, models.GenericIPAddressField))


def tables(told: Known) -> str:
    """Return the part of the page that follows from the map."""
    lines = ["", "| category | what |", "|---|---|"]
    lines += [f"| {name} | {what} |" for name, what in told.categories.items()]
    lines += ["", "| kept | how long |", "|---|---|"]
    lines += [f"| {name} | {what} |" for name, what in told.kept.items()]
    lines += ["", "| table | whose | columns by category | kept |", "|---|---|---|---|"]
    for entry in sorted(told.entries.values(), key=lambda entry: entry.label):
        if entry.is_personal:
            said = [f"{name}: {', '.join(f'`{one}`' for one in names)}" for name, names in entry.columns.items()]
            whose = f"`{entry.of}`" if entry.of else "–"
            lines.append(
                f"| `{entry.label}` | {whose} | {'; '.join(said) or f'{entry.category}: whole rows'} | {entry.kept} |"
            )
    lines += ["", "| outside the tables | what | kept |", "|---|---|---|"]
    lines += [f"| {each['place']} | {each['what']} | {each['kept']} |" for each in told.elsewhere]
    return "\n".join([*lines, ""])


def page(told: Known) -> str:
    """Return the whole page as it has to be now."""
    head, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    return f"{head}{BEGIN}\n{tables(told)}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(known()), "utf-8")
