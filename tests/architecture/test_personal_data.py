"""A column that names or describes a person is a decision: what it is, whose, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from portal.users.models import User
from tests.architecture import personal_data
from tests.architecture.personal_data import OURS, Entry, asked

TOLD = personal_data.known()
MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=False)}
PEOPLE = {User, *(MODELS[label] for label, entry in TOLD.entries.items() if entry.of and label in MODELS)}


def ours() -> Iterator[type[models.Model]]:
    """Tables of our own apps."""
    yield from (model for model in MODELS.values() if model.__module__.split(".")[0] in OURS)


def test_somebody_decided_on_every_column_that_could_tell_of_a_person() -> None:
    undecided = [
        f"{label}.{name}: say in tests/architecture/personal_data.toml which category it belongs to, or that it tells nothing"
        for label, entry, model in ((m._meta.label, TOLD.entries.get(m._meta.label), m) for m in ours())
        for name in asked(model, PEOPLE, entry)
        if entry is None or name not in entry.decided
    ]

    assert not undecided


def test_whoever_keeps_people_for_us_is_in_the_map() -> None:
    foreign = [
        model
        for model in MODELS.values()
        if model.__module__.split(".")[0] not in OURS
        and any(field.related_model is User for field in (*model._meta.fields, *model._meta.many_to_many))
    ]

    assert foreign
    assert not [model._meta.label for model in foreign if model._meta.label not in TOLD.entries]


def test_the_map_names_what_is_there_once() -> None:
    wrong = []
    for label, entry in TOLD.entries.items():
        names = [*entry.nothing, *(name for listed in entry.columns.values() for name in listed)]
        there = {field.name for field in MODELS[label]._meta.get_fields()} if label in MODELS else set()
        wrong += [f"{label}.{name}" for name in names if name not in there or names.count(name) > 1]
        wrong += [label] if label not in MODELS else []

    assert not wrong


def test_each_personal_table_has_known_categories_and_a_retention() -> None:
    personal = [entry for entry in TOLD.entries.values() if entry.is_personal]
    categories = {name for entry in personal for name in (*entry.columns, *filter(None, [entry.category]))}

    assert categories == set(TOLD.categories)
    assert {entry.kept for entry in personal} == set(TOLD.kept)


@pytest.mark.parametrize("entry", [one for one in TOLD.entries.values() if one.of], ids=lambda one: one.label)
def test_the_rows_are_of_somebody(entry: Entry) -> None:
    model: type[models.Model] = MODELS[entry.label]
    for part in entry.of.split("__"):
        if part != "self":
            model = model._meta.get_field(part).related_model

    assert model is User


def test_the_page_says_what_the_map_says() -> None:
    written = personal_data.PAGE.read_text("utf-8")

    assert written == personal_data.page(TOLD), "run: python -m tests.architecture.personal_data"


@isolate_apps("portal.users")
def test_a_new_column_is_asked_about() -> None:
    class Visit(models.Model):
        uuid = models.UUIDField(unique=True)
        name = models.CharField(max_length=80)
        born_date = models.DateField()
        note = models.TextField()
        address = models.EmailField()
        came_at = models.DateTimeField()
        count = models.IntegerField()
        host = models.ForeignKey(User, models.PROTECT, related_name="+")

        class Meta:
            app_label = "users"

    assert list(asked(Visit, PEOPLE, None)) == ["name", "born_date", "note", "address", "host"]
    assert list(asked(Visit, PEOPLE, Entry("users.Visit", of="user"))) == [
        *("name", "born_date", "note", "address", "came_at", "count", "host")
    ]
