"""How apps plug into each other: each has one `wiring` module, and what they tell one another stands in registries.

The search has hooks of its own and nothing below it, which is why this stands here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

Key = TypeVar("Key")
Value = TypeVar("Value")


class AlreadyRegistered(ImproperlyConfigured):
    """A key was registered before. Which of two registrations counts must not depend on the order of apps."""


class WiredAppConfig(AppConfig):
    """An app that tells the others what they need to know of it, in its module `wiring` and nowhere else.

    The module is imported once, when every model is there; Python's own table of modules keeps a second `ready` from
    registering again.
    """

    default = False  # the base itself is no app, although every `apps` module holds its name

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.default = True

    def ready(self) -> None:
        """Wire the app."""
        import_module(f"{self.name}.wiring")


class Registry(Mapping[Key, Value]):
    """What apps registered, by key, in the order of registration."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._entries: dict[Key, Value] = {}

    def register(self, key: Key, value: Value) -> None:
        """Add an entry. Raises AlreadyRegistered."""
        if key in self._entries:
            raise AlreadyRegistered(f"{self._what}: {key!r} is registered already")
        self._entries[key] = value

    @contextmanager
    def temporarily(self, entries: Mapping[Key, Value] | None = None, *, alone: bool = False) -> Iterator[None]:
        """For tests: have these entries count too (`alone`: nothing else), and forget them and later ones afterwards."""
        before = self._entries
        self._entries = {**({} if alone else before), **(entries or {})}
        try:
            yield
        finally:
            self._entries = before

    def __getitem__(self, key: Key) -> Value:
        return self._entries[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class Contributions(Registry[Value, Value]):
    """What several apps contribute without a key: each thing is its own, so that nobody contributes it twice."""

    def add(self, value: Value) -> None:
        """Add a contribution. Raises AlreadyRegistered."""
        self.register(value, value)


class OneAnswer(Registry[str, Value]):
    """What exactly one app may answer."""

    def give(self, value: Value) -> None:
        """Let `value` be the answer. Raises AlreadyRegistered."""
        self.register("the answer", value)

    @property
    def given(self) -> Value | None:
        """The answer, while there is one."""
        return self.get("the answer")
