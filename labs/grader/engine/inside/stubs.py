"""Builds what stands in the checker for functions, classes and objects, from what the trainee's process says of them."""

from __future__ import annotations

import builtins
import collections
from typing import Any

from . import proxies
from .refusals import Malformed, Uncrossable
from .values import Decoder

LONGEST_TEXT = 5000


class Stubs:
    """Remembers every stub by the number that the other side gave it. Names are never looked up here."""

    def __init__(self, caller: proxies.Caller, classes: frozenset[str]) -> None:
        self.caller = caller
        self.classes = classes
        self.known: dict[int, Any] = {}
        self.records: dict[tuple[str, ...], Any] = {}

    def build(self, decoder: Decoder, term: list[Any]) -> Any:
        """Return what a term stands for. Raises Malformed, Uncrossable."""
        name, *rest = term
        if name == "notimplemented":
            return NotImplemented
        if name == "record":
            return self._record(rest[0], rest[1])(*decoder.decode_all(rest[2]))
        if name == "recordclass":
            return self._record(rest[0], rest[1])
        build: dict[str, Any] = {
            "function": self._function,
            "iterator": self._iterator,
            "class": self._class,
            "instance": self._instance,
        }
        if name not in build or type(rest[0]) is not int:
            raise Malformed(name)
        if name != "instance" and rest[0] in self.known:
            return self.known[rest[0]]
        made = build[name](*rest)
        if name != "iterator":
            self.known[rest[0]] = made
        return made

    def _record(self, name: Any, fields: Any) -> Any:
        key = (proxies.checked_name(name), *map(proxies.checked_name, fields))
        if key not in self.records:
            self.records[key] = collections.namedtuple(key[0], key[1:])
        return self.records[key]

    def _function(self, handle: int, name: Any, doc: Any, parameters: Any) -> Any:
        signature = proxies.read_signature(parameters)
        return proxies.RemoteFunction(self.caller, handle, proxies.checked_name(name), _text(doc), signature)

    def _iterator(self, handle: int) -> Any:
        return proxies.RemoteIterator(self.caller, handle)

    def _class(self, handle: int, name: Any, bases: Any, methods: Any, raised: Any, doc: Any) -> Any:
        name = proxies.checked_name(name)
        if name not in self.classes:
            raise Uncrossable(f"题目没有要求类 {name}，它的对象不能传递", name)
        above = tuple(self._class_of(each) for each in bases)
        exception = getattr(builtins, str(raised), None)
        if not above and isinstance(exception, type) and issubclass(exception, BaseException):
            above = (exception,)
        return proxies.make_class(self.caller, handle, name, above, list(map(str, methods)), _text(doc))

    def _class_of(self, term: Any) -> Any:
        if type(term) is not list or term[0] != "class" or type(term[1]) is not int:
            raise Malformed("class")
        if term[1] not in self.known:
            self.known[term[1]] = self._class(*term[1:])
        return self.known[term[1]]

    def _instance(self, handle: int, term: Any) -> Any:
        kind = self._class_of(term)
        if not isinstance(kind, type) or not issubclass(kind, proxies.RemoteObject):
            raise Uncrossable("异常对象不能作为值传递", getattr(kind, "__name__", "?"))
        if isinstance(self.known.get(handle), kind):
            return self.known[handle]
        return proxies.make_object(kind, handle)


def _text(value: Any) -> str | None:
    return value[:LONGEST_TEXT] if type(value) is str else None
