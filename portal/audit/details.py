"""The details of events in people's words: keys by their names, codes as words, rows by name and with the way to them.

Apps register what their codes mean. What a detail means may depend on the event: a specification is `app.event.key`,
`app.key` or `key`, and the narrowest counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import pgettext

from search.plugging import Registry

from .detail_names import NAMES
from .models import AuditEvent
from .sentences import NOTHING, Concerned, describe_rows

Word = Callable[[Any], str]
Words = Word | Mapping[str, str | Promise]
"""How a detail is said: a function, or a table of codes."""
Find = Callable[[Any, date, Sequence[str]], Mapping[str, Concerned]]
"""Names and addresses of rows by what the details call them, for a reader on a day."""

_words: Registry[str, Word] = Registry("words of a detail")
_rows: Registry[str, Find] = Registry("rows that a detail names")
_fields: Registry[str, type[models.Model]] = Registry("model of an event's fields")
DIGEST = re.compile(r"[0-9a-f]{64}")
UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SHOWN_OF_A_DIGEST = 12


@dataclass(frozen=True)
class Detail:
    """One detail as an auditor reads it."""

    key: str
    name: str
    text: str
    address: str = ""


def register_words(words: Mapping[str, Words]) -> None:
    """Say values in words, by specification."""
    for spec, word in words.items():
        _words.register(spec, word if callable(word) else _table(word))


def register_detail_rows(rows: Mapping[str, str | Find]) -> None:
    """Name rows that details tell of, by specification: how to find them, or the label of a model that
    `sentences.register_rows` knows, for details that hold a uuid."""
    for spec, find in rows.items():
        _rows.register(spec, _by_uuid(find) if isinstance(find, str) else find)


def register_fields(event: str, model: type[models.Model]) -> None:
    """Call fields of the model, which the event names as keys or values, what its forms call them."""
    _fields.register(event, model)


def told(events: Sequence[AuditEvent], user: Any, on: date, *, short: bool = True) -> dict[int, list[Detail]]:
    """Details of each event by its number; one question per kind of row, however many events."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for key, value in _leaves(event.details):
            spec = _spec(event.event, key, _rows)
            if spec and isinstance(value, str) and value:
                wanted[spec].add(value)
    found = {spec: _rows[spec](user, on, sorted(values)) for spec, values in wanted.items()}
    return {event.pk: list(_details(event, _Speaker(event.event, found, short))) for event in events}


def detail_name(key: str, event: str = "") -> str:
    """Return what a detail is called; its key while nobody has named it."""
    model = _fields.get(event)
    spec = _spec(event, key, NAMES)
    if model is not None and (spec is None or spec == key):
        return _field_name(model, key) or str(NAMES.get(key, key))
    return str(NAMES[spec]) if spec else key


def in_words(event: str, key: str, value: Any) -> str:
    """Return a value of the event's detail as it is said; rows by what the detail calls them."""
    return _Speaker(event, {}, short=True).say(key, value)


def word_for(event: str, key: str) -> Word | None:
    """Return how the event's detail is said, where an app registered it."""
    spec = _spec(event, key, _words)
    return _words[spec] if spec else None


@dataclass(frozen=True)
class _Speaker:
    """Says the values of one event."""

    event: str
    found: Mapping[str, Mapping[str, Concerned]]
    short: bool

    def row(self, key: str, value: Any) -> Concerned | None:
        spec = _spec(self.event, key, _rows)
        if spec is None or not isinstance(value, str):
            return None
        return self.found.get(spec, {}).get(value, NOTHING)

    def say(self, key: str, value: Any) -> str:
        """Return the value in words; empty where it tells nothing to a person."""
        if value is None or value == "":
            return ""
        word = word_for(self.event, key)
        if isinstance(value, dict):
            if word is not None:
                return word(value)
            parts = [(inner, self.say(inner, held)) for inner, held in value.items()]
            return " · ".join(f"{detail_name(inner, self.event)} {text}" for inner, text in parts if text)
        if isinstance(value, list) and word is not None and all(isinstance(inner, list) for inner in value):
            return " · ".join(word(inner) for inner in value)
        if isinstance(value, list):
            return " · ".join(text for inner in value if (text := self.say(key, inner)))
        if word is not None:
            return word(value)
        row = self.row(key, value)
        if row is not None:
            return row.name or ("" if _is_uuid(value) else str(value))
        return self.plain(value)

    def plain(self, value: Any) -> str:
        """Return a value that is no code: truth, days, instants, digests, text."""
        if isinstance(value, bool):
            return pgettext("detail of an event", "yes") if value else pgettext("detail of an event", "no")
        text = str(value)
        if _is_uuid(text):
            return ""  # nobody names such rows: what the event concerns does
        if DAY.fullmatch(text):
            return date_format(date.fromisoformat(text), "DATE_FORMAT")
        instant = parse_datetime(text) if DAY.match(text) else None
        if isinstance(instant, datetime):
            local = timezone.localtime(instant) if timezone.is_aware(instant) else instant
            return date_format(local, "DATETIME_FORMAT")
        if self.short:
            return DIGEST.sub(lambda digest: f"{digest[0][:SHOWN_OF_A_DIGEST]}…", text)
        return text


def _details(event: AuditEvent, speaker: _Speaker) -> Iterator[Detail]:
    for key, value in event.details.items():
        text = speaker.say(key, value)
        if text:
            row = speaker.row(key, value)
            yield Detail(key, detail_name(key, event.event), text, row.address if row else "")


def _leaves(details: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in details.items():
        if isinstance(value, dict):
            yield from _leaves(value)
        elif isinstance(value, list):
            yield from ((key, inner) for inner in value if not isinstance(inner, dict))
        else:
            yield key, value


def _spec(event: str, key: str, known: Mapping[str, Any]) -> str | None:
    app = event.partition(".")[0]
    return next((spec for spec in (f"{event}.{key}", f"{app}.{key}", key) if spec in known), None)


def _table(words: Mapping[str, str | Promise]) -> Word:
    return lambda value: str(words.get(str(value), value))


def _by_uuid(kind: str) -> Find:
    def find(user: Any, on: date, values: Sequence[str]) -> Mapping[str, Concerned]:
        keys = [UUID(value) for value in values if _is_uuid(value)]
        return {str(key): row for key, row in describe_rows(kind, user, on, keys).items()}

    return find


def _is_uuid(value: object) -> bool:
    return isinstance(value, str) and UUID_FORM.fullmatch(value) is not None


def _field_name(model: type[models.Model], key: str) -> str:
    field = next((field for field in model._meta.get_fields() if field.name == key), None)
    return str(getattr(field, "verbose_name", "")) if field is not None else ""
