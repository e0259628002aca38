"""pandas frames, series and indexes as they cross: column by column, each as an array or as typed JSON.

What is built is built by pandas' own constructors from checked parts, so no forged offset can reach memory that
is not the message's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .arrays import encode_array
from .refusals import Malformed, Uncrossable
from .values import DECODERS, ENCODERS, Decoder, Encoder

FEW = 64
NUMPY_DTYPE = type(pd.Series([0]).array.dtype)
RATIO = 4


def encode_values(encoder: Encoder, values: Any) -> list[Any]:
    """Return the term of the values of a column or an index."""
    dtype = values.dtype
    if type(dtype) is NUMPY_DTYPE:
        return encode_array(encoder, values.to_numpy())
    if type(dtype) is pd.CategoricalDtype:
        index = encode_index(encoder, dtype.categories)
        return ["categorical", encode_array(encoder, values.codes), index, bool(dtype.ordered)]
    if type(dtype) is pd.StringDtype:
        return _encode_text(encoder, values, dtype)
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


def _encode_text(encoder: Encoder, values: Any, dtype: Any) -> list[Any]:
    """Texts that repeat go once each; a missing one is code -1."""
    missing = "nan" if dtype.na_value is not pd.NA else "NA"
    if len(values) > FEW:
        codes, texts = pd.factorize(values)
        if len(texts) * RATIO < len(values):
            small = codes.astype(np.int32)
            return ["texts", encode_array(encoder, small), encoder.encode_all(texts.tolist()), missing]
    items = values.astype(object).tolist() if hasattr(values, "astype") else list(values)
    return ["text*", [item if type(item) is str else None for item in items], missing]


def _encode_masked(encoder: Encoder, values: Any, dtype: Any) -> list[Any]:
    name = str(dtype)
    if name not in MASKED:
        raise Uncrossable(f"列类型 {name} 不能传递", name)
    kind = getattr(dtype, "numpy_dtype", None) or np.dtype(name.lower())
    data = values.to_numpy(dtype=kind, na_value=0)
    return ["nullable", name, encode_array(encoder, data), encode_array(encoder, np.asarray(values.isna()))]


MASKED = {f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)} | {"Float32", "Float64", "boolean"}


def _text_dtype(missing: str) -> Any:
    return pd.StringDtype("python", na_value=np.nan if missing == "nan" else pd.NA)


def _decode_texts(decoder: Decoder, codes: Any, texts: Any, missing: str) -> Any:
    positions, found = decoder.decode(codes), decoder.decode_all(texts)
    if positions.dtype != np.int32 or positions.ndim != 1 or not all(type(text) is str for text in found):
        raise Malformed("texts")
    if len(positions) and not (positions.min() >= -1 and positions.max() < len(found)):
        raise Malformed("texts")
    dtype = _text_dtype(missing)
    return pd.array(np.array([*found, None], dtype=object)[positions], dtype=dtype)


def _decode_text(_decoder: Decoder, items: Any, missing: str) -> Any:
    if type(items) is not list or not {str, type(None)}.issuperset(map(type, items)):
        raise Malformed("text")
    return pd.array(np.array(items, dtype=object), dtype=_text_dtype(missing))


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
    values = series.array if not _needs_index(series.dtype) else pd.Index(series)
    return ["series", encode_values(encoder, values), encode_index(encoder, series.index), encoder.encode(series.name)]


def _needs_index(dtype: Any) -> bool:
    return type(dtype) is pd.DatetimeTZDtype


def _decode_series(decoder: Decoder, values: Any, index: Any, name: Any) -> Any:
    found, labels = decoder.decode(values), decoder.decode(index)
    return pd.Series(found, index=labels, name=decoder.decode(name), dtype=found.dtype)


def _encode_frame(encoder: Encoder, frame: Any) -> list[Any]:
    columns = [frame.iloc[:, position] for position in range(frame.shape[1])]
    terms = [encode_values(encoder, pd.Index(each) if _needs_index(each.dtype) else each.array) for each in columns]
    return ["frame", terms, encode_index(encoder, frame.index), encode_index(encoder, frame.columns)]


def _decode_frame(decoder: Decoder, columns: Any, index: Any, names: Any) -> Any:
    labels, titles = decoder.decode(index), decoder.decode(names)
    if type(columns) is not list or len(columns) != len(titles):
        raise Malformed("frame")
    found = {position: decoder.decode(each) for position, each in enumerate(columns)}
    if any(len(values) != len(labels) for values in found.values()):
        raise Malformed("frame")
    frame = pd.DataFrame(found, index=labels, copy=False)
    frame.columns = titles
    return frame


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
    for each in (pd.arrays.StringArray, pd.arrays.IntervalArray, pd.arrays.PeriodArray):
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
    "texts": _decode_texts,
    "text*": _decode_text,
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
