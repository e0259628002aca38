"""Values as they cross between trainee and checker: typed JSON and raw buffers, never pickles.

Only exact types cross. Encoding looks at `type(value)` alone, so no method of a trainee's class runs; decoding
builds every object anew and believes nothing.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import importlib
import io
import json
import pathlib
import re
import sys
import zoneinfo
from collections.abc import Callable
from typing import Any

from .refusals import Malformed, Uncrossable
from .times import moment_term, read_moment, read_zone, zone_term

PLAIN = frozenset({int, float, str, bool, type(None)})
DEEPEST = 60
MOST_NODES = 5_000_000
MOST_BYTES = 256 << 20
FACTORIES = {"list": list, "dict": dict, "int": int, "float": float, "set": set, "str": str, "tuple": tuple}
NAME = re.compile(r"[^\W\d]\w{0,99}")
TYPES = {each.__name__: each for each in (int, float, str, bool, list, tuple, dict, set, frozenset, bytes, complex)}

Encode = Callable[["Encoder", Any], "list[Any] | None"]
Decode = Callable[..., Any]


class Encoder:
    """Turns values into JSON terms and buffers; `remote` is asked for what is no plain value."""

    def __init__(self, remote: Callable[[Encoder, Any], list[Any] | None]) -> None:
        learn()
        self.remote = remote
        self.buffers: list[bytes] = []
        self.size = 0
        self.depth = 0

    def buffer(self, content: bytes) -> int:
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

    def finish(self, term: Any) -> bytes:
        """Return the whole message."""
        try:
            head = json.dumps({"value": term, "sizes": [len(each) for each in self.buffers]}).encode()
        except ValueError as problem:
            raise Uncrossable("整数太大，不能传递", "int") from problem
        if len(head) + self.size > MOST_BYTES:
            raise Uncrossable("值太大，不能传递", "bytes")
        return b"".join([len(head).to_bytes(4, "big"), head, *self.buffers])


class Decoder:
    """Builds values from a message; `remote` builds what is no plain value."""

    def __init__(
        self,
        message: bytes | memoryview,
        remote: Callable[[Decoder, list[Any]], Any],
        *,
        is_trusting: bool = True,
    ) -> None:
        self.remote = remote
        self.is_trusting = is_trusting
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
            rest = rest[each:]

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
        if term[0] not in DECODERS:
            learn(everything=True)
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


def learn(*, everything: bool = False) -> None:
    """Add the types of NumPy and pandas once those are loaded; a decoder asks for everything that is installed."""
    for library, module in LIBRARIES.items():
        if module not in learnt and (everything or library in sys.modules):
            try:
                importlib.import_module(f".{module}", __package__).register()
            except ImportError:
                continue
            learnt.add(module)


LIBRARIES = {"numpy": "arrays", "pandas": "tables"}
learnt: set[str] = set()


def _tag(name: str, build: Callable[[Any], Any]) -> Encode:
    return lambda encoder, value: [name, encoder.encode_all(build(value))]


def _pairs(encoder: Encoder, mapping: Any) -> list[Any]:
    return [encoder.encode_all(mapping.keys()), encoder.encode_all(mapping.values())]


def _unpaired(decoder: Decoder, keys: Any, values: Any) -> dict[Any, Any]:
    return dict(zip(decoder.decode_all(keys), decoder.decode_all(values), strict=True))


def _type(kind: type) -> list[Any] | None:
    return ["type", kind.__name__] if TYPES.get(kind.__name__) is kind else None


def _default(encoder: Encoder, value: Any) -> list[Any]:
    factory = getattr(value.default_factory, "__name__", None)
    return [
        "defaultdict",
        factory if FACTORIES.get(str(factory)) is value.default_factory else None,
        *_pairs(encoder, value),
    ]


def _stream(name: str) -> Encode:
    def encode(encoder: Encoder, value: Any) -> list[Any]:
        if value.closed:
            return [name, None, 0]
        content = value.getvalue()
        data = content.encode("utf-8", "surrogatepass") if name == "text" else content
        return [name, encoder.buffer(data), value.tell()]

    return encode


def _read_stream(decoder: Decoder, number: Any, position: int, *, is_text: bool) -> Any:
    content = b"" if number is None else bytes(decoder.buffer(number))
    stream: Any = io.StringIO(newline="") if is_text else io.BytesIO()
    stream.write(content.decode("utf-8", "surrogatepass") if is_text else content)
    stream.seek(int(position))
    if number is None:
        stream.close()
    return stream


ENCODERS: dict[type, Encode] = {
    list: _tag("list", lambda value: value),
    tuple: _tag("tuple", lambda value: value),
    set: _tag("set", lambda value: value),
    frozenset: _tag("frozenset", lambda value: value),
    type({}.keys()): _tag("keys", lambda value: value),
    type({}.values()): _tag("values", lambda value: value),
    type({}.items()): lambda e, v: ["items", *_pairs(e, dict(v))],
    dict: lambda e, v: ["dict", *_pairs(e, v)],
    collections.Counter: lambda e, v: ["counter", *_pairs(e, v)],
    collections.OrderedDict: lambda e, v: ["ordered", *_pairs(e, v)],
    collections.defaultdict: _default,
    collections.deque: lambda e, v: ["deque", e.encode_all(v), v.maxlen],
    bytes: lambda e, v: ["bytes", e.buffer(v)],
    bytearray: lambda e, v: ["bytearray", e.buffer(bytes(v))],
    complex: lambda _e, v: ["complex", v.real, v.imag],
    range: lambda _e, v: ["range", v.start, v.stop, v.step],
    slice: lambda e, v: ["slice", e.encode(v.start), e.encode(v.stop), e.encode(v.step)],
    type(...): lambda _e, _v: ["ellipsis"],
    type: lambda _e, v: _type(v),
    decimal.Decimal: lambda _e, v: ["decimal", str(v)],
    fractions.Fraction: lambda _e, v: ["fraction", v.numerator, v.denominator],
    datetime.datetime: lambda _e, v: moment_term(v),
    datetime.date: lambda _e, v: ["date", v.isoformat()],
    datetime.time: lambda _e, v: ["time", v.replace(tzinfo=None).isoformat(), v.fold, zone_term(v.tzinfo)],
    datetime.timedelta: lambda _e, v: ["timedelta", v.days, v.seconds, v.microseconds],
    datetime.timezone: lambda _e, v: ["timezone", zone_term(v)],
    zoneinfo.ZoneInfo: lambda _e, v: ["timezone", zone_term(v)],
    pathlib.PosixPath: lambda _e, v: ["path", str(v)],
    io.StringIO: _stream("text"),
    io.BytesIO: _stream("stream"),
}

DECODERS: dict[str, Decode] = {
    "list": lambda d, items: list(d.decode_all(items)),
    "tuple": lambda d, items: tuple(d.decode_all(items)),
    "set": lambda d, items: set(d.decode_all(items)),
    "frozenset": lambda d, items: frozenset(d.decode_all(items)),
    "keys": lambda d, items: dict.fromkeys(d.decode_all(items)).keys(),
    "values": lambda d, items: dict(enumerate(d.decode_all(items))).values(),
    "items": lambda d, keys, values: _unpaired(d, keys, values).items(),
    "dict": _unpaired,
    "counter": lambda d, keys, values: collections.Counter(_unpaired(d, keys, values)),
    "ordered": lambda d, keys, values: collections.OrderedDict(_unpaired(d, keys, values)),
    "defaultdict": lambda d, name, keys, values: collections.defaultdict(
        FACTORIES.get(name), _unpaired(d, keys, values)
    ),
    "deque": lambda d, items, longest: collections.deque(d.decode_all(items), longest),
    "bytes": lambda d, number: bytes(d.buffer(number)),
    "bytearray": lambda d, number: bytearray(d.buffer(number)),
    "complex": lambda _d, real, imaginary: complex(float(real), float(imaginary)),
    "range": lambda _d, start, stop, step: range(start, stop, step),
    "slice": lambda d, start, stop, step: slice(d.decode(start), d.decode(stop), d.decode(step)),
    "ellipsis": lambda _d: ...,
    "decimal": lambda _d, text: decimal.Decimal(str(text)[:10_000]),
    "fraction": lambda _d, top, bottom: fractions.Fraction(int(top), int(bottom)),
    "datetime": lambda _d, *term: read_moment(*term),
    "date": lambda _d, text: datetime.date.fromisoformat(text),
    "time": lambda _d, text, fold, zone: datetime.time.fromisoformat(text).replace(tzinfo=read_zone(zone), fold=fold),
    "timedelta": lambda _d, days, seconds, micro: datetime.timedelta(days, seconds, micro),
    "timezone": lambda _d, zone: read_zone(zone),
    "path": lambda _d, text: pathlib.Path(text),
    "text": lambda d, number, position: _read_stream(d, number, position, is_text=True),
    "stream": lambda d, number, position: _read_stream(d, number, position, is_text=False),
    "type": lambda _d, name: TYPES[name],
}
