"""pandas frames, series and indexes as they cross: columns of numbers and texts as one Arrow stream, others as terms.

What is built is built by pandas' own constructors from checked parts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from . import arrow
from .arrays import encode_array
from .arrow_columns import from_arrow, to_arrow
from .refusals import Malformed, Uncrossable
from .values import DECODERS, ENCODERS, Decoder, Encoder

NUMPY_DTYPE = type(pd.Series([0]).array.dtype)


def encode_values(encoder: Encoder, values: Any) -> list[Any]:
    """Return the term of the values of a column or an index."""
    dtype = values.dtype
    if type(dtype) is NUMPY_DTYPE:
        return encode_array(encoder, values.to_numpy())
    if type(dtype) in (pd.StringDtype, pd.ArrowDtype):
        column, kind = to_arrow(values, dtype)
        return ["arrow", kind, encoder.buffer(arrow.write_columns([column]))]
    if type(dtype) is pd.CategoricalDtype:
        index = encode_index(encoder, dtype.categories)
        return ["categorical", encode_array(encoder, values.codes), index, bool(dtype.ordered)]
    if type(dtype) is pd.DatetimeTZDtype:
        plain = np.asarray(values.tz_convert("UTC").tz_localize(None))
        return ["zoned", encode_array(encoder, plain), str(dtype.tz)]
    if type(dtype) is pd.PeriodDtype:
        return ["periods", encode_array(encoder, values.asi8), str(dtype)]
    if type(dtype) is pd.IntervalDtype:
        return ["intervals", encode_index(encoder, values.left), encode_index(encoder, values.right), values.closed]
    if isinstance(dtype, pd.api.extensions.ExtensionDtype):
        return _encode_masked(encoder, values, dtype)
    return encode_array(encoder, np.asarray(values))


def _decode_arrow(decoder: Decoder, kind: Any, number: Any) -> Any:
    table = arrow.read(decoder.buffer(number))
    if table.num_columns != 1:
        raise Malformed("arrow")
    return from_arrow(table.column(0), kind)


def _encode_masked(encoder: Encoder, values: Any, dtype: Any) -> list[Any]:
    name = str(dtype)
    if name not in MASKED:
        raise Uncrossable(f"列类型 {name} 不能传递", name)
    kind = getattr(dtype, "numpy_dtype", None) or np.dtype(name.lower())
    data = values.to_numpy(dtype=kind, na_value=0)
    return ["nullable", name, encode_array(encoder, data), encode_array(encoder, np.asarray(values.isna()))]


MASKED = {f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)} | {"Float32", "Float64", "boolean"}


def _decode_zoned(decoder: Decoder, plain: Any, zone: str) -> Any:
    return pd.DatetimeIndex(_flat(decoder, plain)).tz_localize("UTC").tz_convert(str(zone)).array


def _decode_nullable(decoder: Decoder, name: str, data: Any, mask: Any) -> Any:
    if name not in MASKED:
        raise Malformed("nullable")
    dtype = pd.api.types.pandas_dtype(name)
    return dtype.construct_array_type()(_flat(decoder, data), _flat(decoder, mask))


def _decode_categorical(decoder: Decoder, codes: Any, categories: Any, ordered: Any) -> Any:
    return pd.Categorical.from_codes(
        _flat(decoder, codes), categories=decoder.decode(categories), ordered=ordered is True
    )


def _decode_intervals(decoder: Decoder, left: Any, right: Any, closed: str) -> Any:
    return pd.arrays.IntervalArray.from_arrays(decoder.decode(left), decoder.decode(right), closed=closed)


def _decode_periods(decoder: Decoder, ordinals: Any, freq: str) -> Any:
    return pd.arrays.PeriodArray(_flat(decoder, ordinals), dtype=pd.PeriodDtype(_period(freq)))


def _period(text: Any) -> str:
    """Read the unit out of a type's name, such as period[M]."""
    if type(text) is not str or not text.startswith("period["):
        raise Malformed("period")
    return text[7:-1]


def _read_period(ordinal: Any, freq: Any) -> Any:
    return pd.arrays.PeriodArray(np.array([int(ordinal)]), dtype=pd.PeriodDtype(_period(freq)))[0]


def _flat(decoder: Decoder, term: Any) -> Any:
    values = decoder.decode(term)
    if type(values) is not np.ndarray or values.ndim != 1:
        raise Malformed("column")
    return values


def encode_index(encoder: Encoder, index: Any) -> list[Any]:
    """Return the term of an index."""
    if type(index) is pd.RangeIndex:
        return ["counting", index.start, index.stop, index.step, encoder.encode(index.name)]
    if type(index) is pd.MultiIndex:
        levels = [encode_index(encoder, level) for level in index.levels]
        codes = [encode_array(encoder, np.asarray(each)) for each in index.codes]
        return ["levels", levels, codes, encoder.encode_all(index.names)]
    freq = getattr(index, "freqstr", None) if type(index) in (pd.DatetimeIndex, pd.TimedeltaIndex) else None
    return [
        "index",
        encode_values(encoder, index if _is_dated(index) else index.array),
        freq,
        encoder.encode(index.name),
    ]


def _is_dated(index: Any) -> bool:
    return type(index) in (pd.DatetimeIndex, pd.PeriodIndex, pd.IntervalIndex)


def _decode_index(decoder: Decoder, values: Any, freq: str | None, name: Any) -> Any:
    found = decoder.decode(values)
    kind = getattr(found, "dtype", None)
    index = pd.Index(
        found,
        dtype=kind if getattr(kind, "kind", "") == "O" and type(found) is np.ndarray else None,
        name=decoder.decode(name),
    )
    if freq is not None:
        index = index._with_freq(pd.tseries.frequencies.to_offset(str(freq)))
    return index


def _decode_levels(decoder: Decoder, levels: Any, codes: Any, names: Any) -> Any:
    return pd.MultiIndex(
        levels=[decoder.decode(level) for level in levels],
        codes=[_flat(decoder, each) for each in codes],
        names=decoder.decode_all(names),
        verify_integrity=True,
    )


def _encode_series(encoder: Encoder, series: Any) -> list[Any]:
    known = encoder.kept.name_of(series) if encoder.kept is not None else None
    if known is not None:
        return ["kept", known]
    before = encoder.size
    values = series.array if not _needs_index(series.dtype) else pd.Index(series)
    term = ["series", encode_values(encoder, values), encode_index(encoder, series.index), encoder.encode(series.name)]
    return _keep(encoder, series, term, before)


def _keep(encoder: Encoder, table: Any, term: list[Any], before: int) -> list[Any]:
    """Give a large table a number by which it can be named from now on."""
    number = encoder.kept.add(table, encoder.size - before) if encoder.kept is not None else None
    return term if number is None else ["keep", number, term]


def _needs_index(dtype: Any) -> bool:
    return type(dtype) is pd.DatetimeTZDtype


def _decode_series(decoder: Decoder, values: Any, index: Any, name: Any) -> Any:
    found, labels = decoder.decode(values), decoder.decode(index)
    return pd.Series(found, index=labels, name=decoder.decode(name), dtype=found.dtype)


def _encode_frame(encoder: Encoder, frame: Any) -> list[Any]:
    known = encoder.kept.name_of(frame) if encoder.kept is not None else None
    if known is not None:
        return ["kept", known]
    before = encoder.size
    streamed: list[Any] = []
    terms = [_encode_column(encoder, frame.iloc[:, position], streamed) for position in range(frame.shape[1])]
    number = encoder.buffer(arrow.write_columns(streamed)) if streamed else None
    index, names = encode_index(encoder, frame.index), encode_index(encoder, frame.columns)
    return _keep(encoder, frame, ["frame", terms, index, names, number], before)


def _encode_column(encoder: Encoder, column: Any, streamed: list[Any]) -> list[Any]:
    """Put a column into the stream and return its place there, or the term of one that Arrow has no equal for."""
    values, dtype = column.array, column.dtype
    kind: list[Any] = []
    found = None
    if type(dtype) in (pd.StringDtype, pd.ArrowDtype):
        found, kind = to_arrow(values, dtype)
    elif isinstance(dtype, np.dtype):
        plain = column.to_numpy()
        found, kind = arrow.from_numbers(plain), ["numbers", plain.dtype.str]
    if found is None:
        return encode_values(encoder, pd.Index(column) if _needs_index(dtype) else values)
    streamed.append(found)
    return ["#", len(streamed) - 1, kind]


def _decode_frame(decoder: Decoder, columns: Any, index: Any, names: Any, number: Any) -> Any:
    labels, titles = decoder.decode(index), decoder.decode(names)
    if type(columns) is not list or len(columns) != len(titles):
        raise Malformed("frame")
    content = decoder.buffer(number) if number is not None else None
    table = arrow.read(content) if content is not None else None
    found = {position: _decode_column(decoder, each, table, content) for position, each in enumerate(columns)}
    if any(len(values) != len(labels) for values in found.values()):
        raise Malformed("frame")
    frame = pd.DataFrame(found, index=labels, copy=False)
    frame.columns = titles
    return frame


def _decode_column(decoder: Decoder, term: Any, table: Any, content: Any) -> Any:
    if type(term) is not list or term[0] != "#":
        return decoder.decode(term)
    _, position, kind = term
    if table is None or type(position) is not int or not 0 <= position < table.num_columns:
        raise Malformed("column")
    column = table.column(position)
    return arrow.to_numbers(column, kind[1], content) if kind[0] == "numbers" else from_arrow(column, kind)


def _stamp(encoder: Encoder, value: Any) -> list[Any]:
    return ["stamp", int(value.asm8.astype("int64")), value.unit, str(value.tz) if value.tz else None]


def _read_stamp(_decoder: Decoder, value: int, unit: Any, zone: Any) -> Any:
    plain = pd.Timestamp(np.datetime64(int(value), unit))
    return plain if zone is None else plain.tz_localize("UTC").tz_convert(str(zone))


def register() -> None:
    """Teach encoder and decoder pandas' types."""
    ENCODERS[pd.DataFrame] = _encode_frame
    ENCODERS[pd.Series] = _encode_series
    for each in (pd.Index, pd.RangeIndex, pd.MultiIndex, pd.DatetimeIndex, pd.TimedeltaIndex, pd.PeriodIndex):
        ENCODERS[each] = encode_index
    ENCODERS[pd.CategoricalIndex] = ENCODERS[pd.IntervalIndex] = encode_index
    for each in (pd.Categorical, pd.arrays.IntegerArray, pd.arrays.FloatingArray, pd.arrays.BooleanArray):
        ENCODERS[each] = encode_values
    for each in (pd.arrays.StringArray, pd.arrays.ArrowStringArray, pd.arrays.ArrowExtensionArray):
        ENCODERS[each] = encode_values
    for each in (pd.arrays.IntervalArray, pd.arrays.PeriodArray):
        ENCODERS[each] = encode_values
    for each in (pd.arrays.DatetimeArray, pd.arrays.TimedeltaArray):
        ENCODERS[each] = lambda e, v: ["bare", encode_index(e, pd.Index(v))]
    ENCODERS[pd.arrays.NumpyExtensionArray] = lambda e, v: ["wrapped", encode_array(e, v.to_numpy())]
    ENCODERS[pd.Timestamp] = _stamp
    ENCODERS[pd.Timedelta] = lambda _e, v: ["span", int(v.asm8.astype("int64")), v.unit]
    ENCODERS[pd.Period] = lambda _e, v: ["period", v.ordinal, str(pd.PeriodIndex([v]).dtype)]
    ENCODERS[pd.Interval] = lambda e, v: ["interval", e.encode(v.left), e.encode(v.right), v.closed]
    ENCODERS[type(pd.NaT)] = lambda _e, _v: ["NaT"]
    ENCODERS[type(pd.NA)] = lambda _e, _v: ["NA"]
    for each in (pd.StringDtype, pd.DatetimeTZDtype, *(type(pd.api.types.pandas_dtype(name)) for name in MASKED)):
        ENCODERS[each] = lambda _e, v: ["kind", str(v)]
    DECODERS.update(TABLE_DECODERS)


TABLE_DECODERS: dict[str, Any] = {
    "frame": _decode_frame,
    "series": _decode_series,
    "index": _decode_index,
    "counting": lambda d, start, stop, step, name: pd.RangeIndex(start, stop, step, name=d.decode(name)),
    "levels": _decode_levels,
    "arrow": _decode_arrow,
    "zoned": _decode_zoned,
    "nullable": _decode_nullable,
    "categorical": _decode_categorical,
    "intervals": _decode_intervals,
    "periods": _decode_periods,
    "bare": lambda d, index: d.decode(index).array,
    "wrapped": lambda d, term: pd.arrays.NumpyExtensionArray(d.decode(term)),
    "stamp": _read_stamp,
    "span": lambda _d, value, unit: pd.Timedelta(np.timedelta64(int(value), unit)),
    "period": lambda _d, ordinal, freq: _read_period(ordinal, freq),
    "interval": lambda d, left, right, closed: pd.Interval(d.decode(left), d.decode(right), closed),
    "kind": lambda _d, name: pd.api.types.pandas_dtype(name if type(name) is str else "?"),
    "NaT": lambda _d: pd.NaT,
    "NA": lambda _d: pd.NA,
}
