"""What stands in the checker for a trainee's functions, classes and objects.

Operators reach the trainee's class only where they cannot decide about a plain value: an object that a function
returned never says itself that it equals 4.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
from collections.abc import Callable, Iterator
from typing import Any, Protocol, cast

from .values import NAME

COMPARING = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
CALCULATING = tuple(
    f"__{prefix}{name}__"
    for name in ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor")
    for prefix in ("", "r", "i")
)
UNARY = ("__neg__", "__pos__", "__abs__", "__invert__", "__len__", "__str__", "__repr__", "__bool__", "__hash__")
ITEMS = ("__getitem__", "__setitem__", "__delitem__", "__call__", "__enter__", "__exit__", "__iter__", "__reversed__")
FORWARDED = (*COMPARING, *CALCULATING, *UNARY, *ITEMS, "__contains__")


class Caller(Protocol):
    """The line to the trainee's process."""

    def call(self, handle: int, args: tuple[Any, ...], kwargs: dict[str, Any], method: str = "") -> Any:
        """Call a function, or a method of an object."""

    def attribute(self, handle: int, name: str) -> Any:
        """Read an attribute."""

    def set_attribute(self, handle: int, name: str, value: Any) -> None:
        """Set an attribute."""


class RemoteFunction:
    """A function of the trainee's; calling it runs it over there."""

    def __init__(self, caller: Caller, handle: int, name: str, doc: str | None, signature: Any) -> None:
        self.__dict__["_caller"], self.__dict__["_handle"] = caller, handle
        self.__name__ = self.__qualname__ = name
        self.__doc__ = doc
        self.__signature__ = signature

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._caller.call(self._handle, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._caller.attribute(self._handle, name)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class RemoteIterator:
    """A generator of the trainee's."""

    def __init__(self, caller: Caller, handle: int) -> None:
        self._caller, self._handle = caller, handle

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return self._caller.call(self._handle, (), {}, "__next__")


class RemoteClass(type):
    """The type of classes that stand for a trainee's; calling one constructs over there."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        made = cls._caller.call(cls._handle, args, kwargs)
        if isinstance(made, RemoteObject):
            object.__setattr__(made, "_is_constructed", True)
        return made

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return cls._caller.attribute(cls._handle, name)

    def __iter__(cls) -> Iterator[Any]:
        return iter(cls._caller.call(cls._handle, (), {}, "__iter__"))


class RemoteObject:
    """An object of a class that the task asks for."""

    _caller: Caller
    _handle: int
    _is_constructed = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._caller.attribute(self._handle, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._caller.set_attribute(self._handle, name, value)


def _forward(name: str) -> Callable[..., Any]:
    def method(self: RemoteObject, *args: Any) -> Any:
        are_remote = all(isinstance(argument, RemoteObject) for argument in args)
        if name in (*COMPARING, *CALCULATING) and not self._is_constructed and not are_remote:
            return NotImplemented
        if name == "__contains__" and not self._is_constructed:
            return any(item is args[0] or item == args[0] for item in iter(cast(Any, self)))
        return self._caller.call(self._handle, args, {}, name)

    return method


def make_class(
    caller: Caller, handle: int, name: str, bases: tuple[type, ...], methods: list[str], doc: str | None
) -> type:
    """Make the class that stands for a trainee's; one that is an exception can be raised and caught here."""
    body: dict[str, Any] = {"__doc__": doc, "__module__": "__main__", "_caller": caller, "_handle": handle}
    if any(issubclass(base, BaseException) for base in bases):
        return type(name, bases, {"__doc__": doc, "__module__": "__main__"})
    body |= {method: _forward(method) for method in methods if method in FORWARDED}
    if "__eq__" in body and "__hash__" not in body:
        body["__hash__"] = None
    return RemoteClass(name, bases or (RemoteObject,), body)


def make_object(kind: type, handle: int) -> Any:
    """Make the object that stands for a trainee's."""
    made: Any = object.__new__(kind)
    object.__setattr__(made, "_handle", handle)
    return made


def checked_name(name: Any) -> str:
    """Return a name that may be a class's or a function's."""
    if type(name) is str and NAME.fullmatch(name) and not keyword.iskeyword(name):
        return name
    return "anonymous"


def read_signature(parameters: Any) -> inspect.Signature | None:
    """Build a signature from names and kinds; defaults are known to be there, not what they are."""
    if type(parameters) is not list:
        return None
    found = []
    for name, kind, default in parameters[:100]:
        default = inspect.Parameter.empty if default is None else default[0]
        found.append(inspect.Parameter(checked_name(name), inspect._ParameterKind(kind), default=default))
    return inspect.Signature(found)


def builtin_exception(name: Any) -> type[BaseException]:
    """Return Python's own exception of this name, Exception for any other."""
    kind = getattr(builtins, name, None) if type(name) is str else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseException) else Exception


def make_exception(kind: type[BaseException], text: Any) -> BaseException:
    """Make an exception; some of Python's own want more than a text."""
    for each in kind.__mro__:
        try:
            made = each(str(text)[:2000])
        except (TypeError, ValueError):
            continue
        if isinstance(made, BaseException):
            return made
    return Exception(str(text)[:2000])
