"""Polars frames and series as they cross: Arrow streams, validated before Polars sees them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pyarrow as pa

from . import arrow
from .refusals import Malformed, Uncrossable
from .values import DECODERS, ENCODERS, Decoder, Encoder


def _encode_frame(encoder: Encoder, frame: Any) -> list[Any]:
    try:
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowException, TypeError) as problem:
        raise Uncrossable(f"Polars 表不能传递：{problem}"[:200], "polars.DataFrame") from None
    for field in table.schema:
        if not arrow.is_plain(field.type):
            raise Uncrossable(f"列类型 {field.type} 不能传递", str(field.type))
    return ["polars", encoder.buffer(arrow.write(table))]


def _decode_frame(decoder: Decoder, number: Any) -> Any:
    table = arrow.read(decoder.buffer(number))
    try:
        return pl.from_arrow(table)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowException) as problem:
        raise Malformed(type(problem).__name__) from None


def _encode_series(encoder: Encoder, series: Any) -> list[Any]:
    return ["polars-series", *_encode_frame(encoder, series.alias("").to_frame())[1:], series.name]


def _decode_series(decoder: Decoder, number: Any, name: Any) -> Any:
    frame = _decode_frame(decoder, number)
    if type(name) is not str or frame.width != 1:
        raise Malformed("series")
    return frame.to_series().alias(name)


def register() -> None:
    """Teach encoder and decoder Polars' types."""
    ENCODERS[pl.DataFrame] = _encode_frame
    ENCODERS[pl.Series] = _encode_series
    DECODERS["polars"] = _decode_frame
    DECODERS["polars-series"] = _decode_series
