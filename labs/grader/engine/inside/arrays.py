"""NumPy arrays as they cross: what an .npy file holds (type, shape, bytes), checked against each other before use."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .refusals import Malformed, Uncrossable
from .values import DECODERS, ENCODERS, Decoder, Encoder

MOST_DIMENSIONS = 32
KINDS = "?biufcmMSUV"
COPIED = 4096


def type_of(dtype: Any) -> Any:
    """Return the description of a type that a decoder can check."""
    return dtype.descr if dtype.names else dtype.str


def read_type(description: Any) -> Any:
    """Return the NumPy type of a description; no type that holds Python objects."""
    if type(description) is list:
        description = [_field(each) for each in description]
    elif type(description) is not str:
        raise Malformed("dtype")
    dtype = np.dtype(description)
    if dtype.hasobject or dtype.kind not in KINDS:
        raise Malformed("dtype")
    return dtype


def _field(each: Any) -> tuple[Any, ...]:
    name, kind, *shape = each
    return (str(name), read_type(kind).str, *(tuple(map(int, part)) for part in shape))


def encode_array(encoder: Encoder, array: Any) -> list[Any]:
    """Return the term of an array; objects go one by one."""
    if array.dtype.hasobject:
        return ["objects", list(array.shape), encoder.encode_all(array.ravel().tolist())]
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    return ["array", type_of(array.dtype), list(array.shape), order, encoder.buffer(_bytes_of(array, order))]


def _bytes_of(array: Any, order: Any) -> Any:
    """Return an array's bytes, those of a long one without a copy: a message goes out before anybody can write."""
    if array.nbytes < COPIED or not (array.flags.c_contiguous or array.flags.f_contiguous):
        return array.tobytes(order)
    return memoryview(array.ravel(order).view(np.uint8))


def decode_array(decoder: Decoder, kind: Any, shape: Any, order: str, number: Any) -> Any:
    """Return an array whose bytes are exactly as many as type and shape say."""
    dtype, content = read_type(kind), decoder.buffer(number)
    shape = _shape(shape)
    if math.prod(shape) * dtype.itemsize != len(content):
        raise Malformed("array")
    flat = np.frombuffer(content, dtype=dtype) if len(content) else np.empty(0, dtype)
    if decoder.copies or not flat.flags.writeable:
        flat = flat.copy()
    return flat.reshape(shape, order="F" if order == "F" else "C")


def decode_objects(decoder: Decoder, shape: Any, terms: Any) -> Any:
    """Return an array of Python objects."""
    items, shape = decoder.decode_all(terms), _shape(shape)
    if math.prod(shape) != len(items):
        raise Malformed("objects")
    array = np.empty(len(items), dtype=object)
    for position, item in enumerate(items):
        array[position] = item
    return array.reshape(shape)


def _shape(shape: Any) -> tuple[int, ...]:
    if type(shape) is not list or len(shape) > MOST_DIMENSIONS:
        raise Malformed("shape")
    if any(type(length) is not int or length < 0 for length in shape):
        raise Malformed("shape")
    return tuple(shape)


def _encode_scalar(encoder: Encoder, value: Any) -> list[Any]:
    return ["scalar", *encode_array(encoder, np.asarray(value))[1:]]


def _decode_masked(decoder: Decoder, data: Any, mask: Any) -> Any:
    """Return the array. Refuses a trainee's masked elements, which equal everything to NumPy's assertions."""
    found = np.ma.MaskedArray(decoder.decode(data), decoder.decode(mask))
    if not decoder.is_trusting and np.ma.is_masked(found):
        raise Uncrossable("数组里有被屏蔽（masked）的元素，请先用 filled() 或 compressed()", "MaskedArray")
    return found


def register() -> None:
    """Teach encoder and decoder NumPy's types."""
    ENCODERS[np.ndarray] = encode_array
    for each in {*np.sctypeDict.values()} - {np.object_, np.void}:
        ENCODERS[each] = _encode_scalar
    ENCODERS[np.ma.MaskedArray] = lambda e, v: [
        "masked",
        encode_array(e, v.data),
        encode_array(e, np.ma.getmaskarray(v)),
    ]
    ENCODERS[type(np.dtype("float64"))] = _encode_type
    for code in ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "O", "U1"):
        ENCODERS[type(np.dtype(code))] = _encode_type
    for code in ("M8[ns]", "m8[ns]", "c16", "c8", "S1"):
        ENCODERS[type(np.dtype(code))] = _encode_type
    DECODERS["array"] = decode_array
    DECODERS["objects"] = decode_objects
    DECODERS["scalar"] = lambda d, *term: decode_array(d, *term)[()]
    DECODERS["masked"] = _decode_masked
    DECODERS["dtype"] = lambda _d, text: np.dtype(text if type(text) is str else "?")


def _encode_type(_encoder: Encoder, value: Any) -> list[Any] | None:
    return None if value.names else ["dtype", value.str]
