"""Values as they cross between trainee and checker: typed JSON and raw buffers, never pickles.

Only exact types cross. Encoding looks at `type(value)` alone, so no method of a trainee's class runs; decoding
builds every object anew and believes nothing.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .refusals import Malformed, Uncrossable

PLAIN = frozenset({int, float, str, bool, type(None)})
DEEPEST = 60
MOST_NODES = 5_000_000
MOST_BYTES = 256 << 20
LINE = 64
NAME = re.compile(r"[^\W\d]\w{0,99}")

Encode = Callable[["Encoder", Any], "list[Any] | None"]
Decode = Callable[..., Any]


@dataclass
class Message:
    """An encoded value: a description and the buffers beside it, long ones as they lie in memory."""

    pieces: list[Any]
    size: int

    def joined(self) -> bytes:
        """Return it as one string of bytes."""
        return b"".join(self.pieces)


class Encoder:
    """Turns values into JSON terms and buffers; `remote` is asked for what is no plain value."""

    def __init__(self, remote: Callable[[Encoder, Any], list[Any] | None], kept: Any = None) -> None:
        learn()
        self.remote = remote
        self.kept = kept
        self.buffers: list[Any] = []
        self.size = 0
        self.depth = 0

    def buffer(self, content: Any) -> int:
        """Keep bytes beside the JSON and return their number."""
        self.size += len(content)
        if self.size > MOST_BYTES:
            raise Uncrossable("值太大，不能传递", "bytes")
        self.buffers.append(content)
        return len(self.buffers) - 1

    def encode(self, value: Any) -> Any:
        """Return the term for a value. Raises Uncrossable."""
        kind = type(value)
        if kind in PLAIN:
            return value
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise Uncrossable("嵌套太深，或者包含它自己", kind.__name__)
            encode = ENCODERS.get(kind)
            term = encode(self, value) if encode else None
            if term is None:
                term = self.remote(self, value)
        finally:
            self.depth -= 1
        if term is None:
            raise Uncrossable(f"类型 {kind.__name__} 的值不能传递", kind.__name__)
        return term

    def encode_all(self, values: Any) -> Any:
        """Return terms for a sequence; one of plain values goes as it stands."""
        items = list(values)
        if PLAIN.issuperset(map(type, items)):
            return items
        return ["*", *map(self.encode, items)]

    def finish(self, term: Any) -> Message:
        """Return the whole message; every buffer begins at a multiple of a cache line, as arrays like it."""
        try:
            head = json.dumps({"value": term, "sizes": [len(each) for each in self.buffers]}).encode()
        except ValueError as problem:
            raise Uncrossable("整数太大，不能传递", "int") from problem
        if len(head) + self.size > MOST_BYTES:
            raise Uncrossable("值太大，不能传递", "bytes")
        head += b" " * (-(len(head) + 4) % LINE)
        pieces = [len(head).to_bytes(4, "big") + head]
        for each in self.buffers:
            pieces += [each, bytes(-len(each) % LINE)]
        return Message(pieces, sum(map(len, pieces)))


class Decoder:
    """Builds values from a message; `remote` builds what is no plain value."""

    def __init__(
        self,
        message: bytes | memoryview,
        remote: Callable[[Decoder, list[Any]], Any],
        kept: Any = None,
        *,
        is_trusting: bool = True,
    ) -> None:
        self.remote = remote
        self.kept = kept
        self.is_trusting = is_trusting
        # Arrays otherwise lie in the message itself.
        self.copies = False
        self.nodes = 0
        size = int.from_bytes(message[:4], "big")
        try:
            head = json.loads(bytes(message[4 : 4 + size]))
            self.term, sizes = head["value"], head["sizes"]
        except (ValueError, RecursionError, KeyError, TypeError):
            raise Malformed("message") from None
        self.buffers: list[memoryview] = []
        rest = memoryview(message)[4 + size :]
        for each in sizes if type(sizes) is list else [None]:
            if type(each) is not int or not 0 <= each <= len(rest):
                raise Malformed("sizes")
            self.buffers.append(rest[:each])
            rest = rest[each + -each % LINE :]

    def buffer(self, number: Any) -> memoryview:
        """Return the bytes of this number."""
        if type(number) is not int or not 0 <= number < len(self.buffers):
            raise Malformed("buffer")
        return self.buffers[number]

    def value(self) -> Any:
        """Return the message's value. Raises Malformed."""
        try:
            return self.decode(self.term)
        except (
            TypeError,
            ValueError,
            KeyError,
            IndexError,
            AttributeError,
            ArithmeticError,
            RecursionError,
        ) as problem:
            raise Malformed(type(problem).__name__) from None

    def decode(self, term: Any) -> Any:
        """Return the value of a term."""
        if type(term) in PLAIN:
            return term
        self.nodes += 1
        if type(term) is not list or not term or type(term[0]) is not str or self.nodes > MOST_NODES:
            raise Malformed("term")
        if term[0] not in DECODERS and term[0] in OWNERS:
            learn(OWNERS[term[0]])
        decode = DECODERS.get(term[0])
        return decode(self, *term[1:]) if decode else self.remote(self, term)

    def decode_all(self, terms: Any) -> list[Any]:
        """Return the values of a sequence."""
        if type(terms) is not list:
            raise Malformed("sequence")
        if terms and terms[0] == "*" and not PLAIN.issuperset(map(type, terms)):
            return [self.decode(term) for term in terms[1:]]
        if PLAIN.issuperset(map(type, terms)):
            return terms
        raise Malformed("sequence")


def learn(wanted: str = "") -> None:
    """Add the types of the libraries that are loaded; a decoder asks for the one that a term belongs to."""
    for library, module in LIBRARIES.items():
        if module not in learned and (library == wanted or library in sys.modules):
            try:
                importlib.import_module(f".{module}", __package__).register()
            except ImportError:
                continue
            learned.add(module)


LIBRARIES = {"builtins": "plain", "numpy": "arrays", "pandas": "tables", "polars": "polars_tables"}
TAGS = {
    "numpy": "array objects scalar masked dtype",
    "pandas": "frame series index counting levels arrow zoned nullable categorical intervals periods bare wrapped stamp "
    "span period interval kind NaT NA",
    "polars": "polars polars-series",
}
OWNERS = {tag: library for library, tags in TAGS.items() for tag in tags.split()}
learned: set[str] = set()
ENCODERS: dict[type, Encode] = {}
DECODERS: dict[str, Decode] = {}
