"""Columns as Arrow streams: what arrives is validated in full before one value of it is read.

A forged offset in a stream would hand over memory of the reader's own, or end it, so nothing of a table is used before
`validate(full=True)`, and arrays of numbers are cut out of the message itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from .refusals import Malformed

DEEPEST = 8
MOST_COLUMNS = 20_000
types = pa.types


def is_plain(kind: Any, depth: int = 0) -> bool:
    """Tell whether values of this type may cross: no extension, no union, no run-end or view layout."""
    if depth > DEEPEST:
        return False
    if types.is_struct(kind):
        return all(is_plain(kind.field(position).type, depth + 1) for position in range(kind.num_fields))
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return is_plain(kind.value_type, depth + 1)
    if types.is_dictionary(kind):
        return types.is_integer(kind.index_type) and (types.is_string(kind.value_type) or _is_long(kind.value_type))
    return any(test(kind) for test in PLAIN)


def _is_long(kind: Any) -> bool:
    return bool(types.is_large_string(kind) or types.is_large_binary(kind))


PLAIN = (
    *(types.is_boolean, types.is_integer, types.is_floating, types.is_string, types.is_binary, _is_long),
    *(types.is_date, types.is_time, types.is_timestamp, types.is_duration, types.is_decimal, types.is_null),
)


def write(table: Any) -> Any:
    """Return a table as the bytes of one stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return memoryview(sink.getvalue())


def write_columns(arrays: list[Any]) -> Any:
    """Return unnamed columns as the bytes of one stream."""
    return write(pa.table(arrays, names=[str(position) for position in range(len(arrays))]))


def read(content: memoryview) -> Any:
    """Return the table of a stream. Raises Malformed."""
    try:
        stream = pa.ipc.open_stream(pa.py_buffer(content))
        if len(stream.schema) > MOST_COLUMNS or not all(is_plain(each.type) for each in stream.schema):
            raise Malformed("arrow")
        table = stream.read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, TypeError) as problem:
        raise Malformed(type(problem).__name__) from None
    return table


def from_numbers(values: Any) -> Any:
    """Return a NumPy array of numbers or moments as an Arrow array on the same memory; None where there is none."""
    if values.dtype.kind not in KINDS or values.ndim != 1 or not values.dtype.isnative:
        return None
    try:
        kind = pa.from_numpy_dtype(values.dtype)
    except (pa.ArrowException, TypeError):
        return None
    if types.is_boolean(kind):
        return pa.array(values)
    plain = np.ascontiguousarray(values)
    return pa.Array.from_buffers(kind, len(plain), [None, pa.py_buffer(plain.view(np.uint8))])


KINDS = "biufmM"


def to_numbers(column: Any, text: Any, content: memoryview) -> Any:
    """Return a column of numbers as a NumPy array that may be written to."""
    dtype = np.dtype(text)
    if dtype.kind not in KINDS or column.type != pa.from_numpy_dtype(dtype) or column.null_count:
        raise Malformed("numbers")
    if column.num_chunks != 1 or dtype.kind == "b":
        return np.array(column.combine_chunks().to_numpy(zero_copy_only=False), dtype=dtype)
    array = column.chunk(0)
    whole = np.frombuffer(content, np.uint8)
    start = array.buffers()[1].address - whole.__array_interface__["data"][0] + array.offset * dtype.itemsize
    if not 0 <= start <= len(whole) - len(array) * dtype.itemsize:
        raise Malformed("numbers")
    found = whole[start : start + len(array) * dtype.itemsize].view(dtype)
    return found if found.flags.writeable else found.copy()
