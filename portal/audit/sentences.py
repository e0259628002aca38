"""How events are told to people: names, sentences and the rows that they concern; apps register their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from search.plugging import OneAnswer, Registry

from .detail_names import KINDS
from .models import SYSTEM, AuditEvent

Key = UUID | int
"""By what a row is known: its uuid, or its number when it has none."""


@dataclass(frozen=True)
class Concerned:
    """A row as an auditor reads of it. Empty: as the event calls it, and nowhere to look."""

    name: str = ""
    address: str = ""


NOTHING = Concerned()
Describe = Callable[[Any, date, Sequence[Key]], Mapping[Key, Concerned]]

_labels: Registry[str, str | Promise] = Registry("name of an event")
_sentences: Registry[str, str | Promise] = Registry("sentence of an event")
_describers: Registry[str, Describe] = Registry("rows that events are about")
_source: OneAnswer[Callable[[str], str]] = OneAnswer("names of events that nobody registered")


def register_labels(labels: Mapping[str, str | Promise], sentences: Mapping[str, str | Promise] | None = None) -> None:
    """Give events their names, and sentences with places `%(actor)s` and `%(target)s`."""
    for code, label in labels.items():
        _labels.register(code, label)
    for code, told in (sentences or {}).items():
        _sentences.register(code, told)


def register_label_source(name: Callable[[str], str]) -> None:
    """Ask `name` for the names of events that nobody registered; it answers "" for one that it does not know."""
    _source.give(name)


def register_rows(kind: str, describe: Describe) -> None:
    """Name and link rows of the model labelled `kind`.

    `describe(user, on, keys)` answers for many rows at once, with addresses only of those that the user may open.
    """
    _describers.register(kind, describe)


def event_label(code: str) -> str:
    """Name of an event, or its code while its app has given none."""
    label = _labels.get(code)
    if label is not None:
        return str(label)
    source = _source.given
    return (source(code) if source is not None else "") or code


def labelled() -> set[str]:
    """Codes of events that an app named."""
    return set(_labels)


def has_sentence(code: str) -> bool:
    """Return whether an app gave the event a sentence of its own."""
    return code in _sentences


def concerned(events: Sequence[AuditEvent], user: Any, on: date) -> dict[int, Concerned]:
    """Return what each event is about, by the event's number; one question per kind of row, however many events."""
    found: dict[int, Concerned] = {}
    for kind in sorted({event.target_kind for event in events} & _describers.keys()):
        rows = [(event, key) for event in events if event.target_kind == kind and (key := _key(event))]
        described = _describers[kind](user, on, sorted({key for _event, key in rows}, key=str))
        found |= {event.pk: described[key] for event, key in rows if key in described}
    return found


def describe_rows(kind: str, user: Any, on: date, keys: Sequence[Key]) -> Mapping[Key, Concerned]:
    """Names and addresses of rows of a model; nothing while no app describes its rows."""
    describe = _describers.get(kind)
    return describe(user, on, keys) if describe is not None and keys else {}


def uuids(keys: Sequence[Key]) -> list[UUID]:
    """Return the keys of rows that have a uuid, for those who describe such rows."""
    return [key for key in keys if isinstance(key, UUID)]


class _Parts(dict[str, Any]):
    """What a sentence names; a detail that the event does not have, or no longer, is said to be unknown."""

    def __missing__(self, key: str) -> str:
        return pgettext("part of a sentence on an event", "(unknown)")


def sentence(event: AuditEvent, about: Concerned = NOTHING, parts: Mapping[str, Concerned] | None = None) -> SafeString:
    """Return who did what to what, as HTML; `parts` are details that the sentence may name."""
    actor = format_html("<strong>{}</strong>", actor_name(event))
    name = target_name(event, about)
    target = _linked(Concerned(name, about.address), "<strong>{0}</strong>")
    template = str(conditional_escape(_template(event)))
    named = {key: _linked(part, "{0}") for key, part in (parts or {}).items()}
    return mark_safe(template % _Parts(named, actor=actor, target=target))  # noqa: S308  (each part is escaped)


def plain_sentence(event: AuditEvent, about: Concerned = NOTHING, parts: Mapping[str, Concerned] | None = None) -> str:
    """Return the same as text."""
    named = {key: part.name for key, part in (parts or {}).items()}
    return _template(event) % _Parts(named, actor=actor_name(event), target=target_name(event, about))


def _linked(part: Concerned, plain: str) -> SafeString:
    return format_html('<a href="{1}">{0}</a>' if part.address else plain, part.name, part.address)


def actor_name(event: AuditEvent) -> str:
    """Return who did it, as the person is called today."""
    if event.actor is not None:
        return str(event.actor)
    return _("The system") if event.actor_label == SYSTEM else event.actor_label


def target_name(event: AuditEvent, about: Concerned = NOTHING) -> str:
    """Return what it concerns: as its app tells it, else as it was called then."""
    if event.is_erased:
        return pgettext("words of an audit event", "(erased)")
    named = about.name or event.target_label or kind_name(event.target_kind)
    return named or pgettext("object of an audit event", "an unknown name")


def kind_name(kind: str) -> str:
    """Return what rows of the model are called; empty for none."""
    if kind in KINDS:
        return str(KINDS[kind])
    try:
        return str(apps.get_model(kind)._meta.verbose_name) if kind else ""
    except (LookupError, ValueError):
        return kind


def _template(event: AuditEvent) -> str:
    """Return the event's own sentence; until its app gives one, its name put into a plain one."""
    own = _sentences.get(event.event)
    if own is not None:
        return str(own)
    label = event_label(event.event).replace("%", "%%")
    if not event.target_kind:
        return _("%(actor)s: {what}").replace("{what}", label)
    return _("%(actor)s, concerning %(target)s: {what}").replace("{what}", label)


def _key(event: AuditEvent) -> Key | None:
    """By which the row is looked up; older events name a page by a detail."""
    number = event.facts.get("id")
    old = int(number) if event.is_old and isinstance(number, str) and number.isdecimal() else None
    return event.target_uuid or event.target_pk or old
