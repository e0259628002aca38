"""Values of Python's own types as they cross."""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import io
import pathlib
import zoneinfo
from collections.abc import Callable
from typing import Any

from .refusals import Malformed
from .times import moment_term, read_moment, read_zone, zone_term
from .values import DECODERS, ENCODERS, Decode, Decoder, Encode, Encoder

FACTORIES = {"list": list, "dict": dict, "int": int, "float": float, "set": set, "str": str, "tuple": tuple}
TYPES = {each.__name__: each for each in (int, float, str, bool, list, tuple, dict, set, frozenset, bytes, complex)}


def register() -> None:
    """Teach encoder and decoder Python's types."""
    ENCODERS.update(PLAIN_ENCODERS)
    DECODERS.update(PLAIN_DECODERS)


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


def _kept(decoder: Decoder) -> Any:
    if decoder.kept is None:
        raise Malformed("kept")
    return decoder.kept


PLAIN_ENCODERS: dict[type, Encode] = {
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

PLAIN_DECODERS: dict[str, Decode] = {
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
    "keep": lambda d, name, term: _kept(d).take(name, d.decode(term)),
    "kept": lambda d, name: _kept(d).get(name),
}
