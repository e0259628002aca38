"""Runs in the lab environment: sends values through encoder and decoder and prints those that came out changed."""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import io
import json
import pathlib
import sys
import zoneinfo
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from labs.grader.engine.inside.refusals import Malformed, Uncrossable
from labs.grader.engine.inside.values import Decoder, Encoder


def refuse(*_: Any) -> None:
    """Nothing remote here."""


def through(value: Any) -> Any:
    """Encode and decode."""
    encoder = Encoder(refuse)
    return Decoder(encoder.finish(encoder.encode(value)).joined(), refuse).value()


def same(left: Any, right: Any) -> bool:
    """Compare values and types, NaN equal to itself."""
    if type(left) is not type(right):
        return False
    if isinstance(left, pd.DataFrame):
        pd.testing.assert_frame_equal(left, right, check_freq=True)
        return bool(left.columns.dtype == right.columns.dtype and list(left.columns.names) == list(right.columns.names))
    if isinstance(left, (pl.DataFrame, pl.Series)):
        kind = "schema" if isinstance(left, pl.DataFrame) else "dtype"
        return left.equals(right, null_equal=True) and getattr(left, kind) == getattr(right, kind)
    if isinstance(left, pd.Series):
        pd.testing.assert_series_equal(left, right)
        return True
    if isinstance(left, pd.Index):
        pd.testing.assert_index_equal(left, right, exact=True)
        return getattr(left, "freqstr", None) == getattr(right, "freqstr", None)
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and repr(left.tolist()) == repr(right.tolist())
    if isinstance(left, (io.StringIO, io.BytesIO)):
        return (left.getvalue(), left.tell()) == (right.getvalue(), right.tell())
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return repr(left) == repr(right)


def plain_values() -> list[Any]:
    """Values of the standard library."""
    shanghai = zoneinfo.ZoneInfo("Asia/Shanghai")
    stream = io.StringIO("a,b\r\n1,2\n")
    stream.seek(3)
    counted: Any = collections.defaultdict(list, {"a": [1]})
    return [
        *(None, True, 0, -1, 2**70, 1.5, float("nan"), float("inf"), "中文", "\ud800", "", 10**4000),
        *([], [1, 2.0, "x"], [[1], [None]], ["*", "a"], ["list", [1]], ["*", [1]], (1, (2,)), {1, 2}, frozenset("a")),
        *({"a": 1, 2: [3], (1, 2): {"b": None}}, collections.Counter("aab"), collections.OrderedDict(b=1, a=2)),
        *(counted, collections.deque([1, 2], 5), b"\0\xff", bytearray(b"x"), 1 + 2j, range(1, 9, 2), slice(1, None)),
        *(decimal.Decimal("1.10"), fractions.Fraction(1, 3), datetime.date(2026, 1, 2), datetime.time(1, 2, 3)),
        *(datetime.datetime(2026, 1, 2, 3), datetime.datetime(2026, 1, 2, 3, tzinfo=shanghai), datetime.timedelta(1.5)),
        *(datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), pathlib.Path("a/b"), stream, io.BytesIO(b"x"), ...),
        *({"a": 1}.keys(), {"a": 1}.values(), {"a": [1]}.items(), int, str),
    ]


def array_values() -> list[Any]:
    """Values of NumPy."""
    return [
        *(np.arange(6).reshape(2, 3), np.asfortranarray(np.ones((2, 3))), np.array(5), np.array([], dtype="f4")),
        *(
            np.array(["a", "bcd"]),
            np.array([1, "x", None], dtype=object),
            np.array([True]),
            np.float64(1.5),
            np.int32(3),
        ),
        *(np.bool_(True), np.datetime64("2026-01-01"), np.timedelta64(5, "s"), np.array(["2026"], dtype="M8[D]")),
        *(
            np.zeros(2, dtype=[("a", "i4"), ("b", "f8")]),
            np.complex64(1j),
            np.str_("x"),
            np.dtype("float32"),
            np.dtype("O"),
        ),
        *(np.arange(10)[::2], np.ones((0, 3)), np.longdouble(1.5)),
    ]


def table_values() -> list[Any]:
    """Values of pandas."""
    days = pd.date_range("2026-01-01", periods=4, freq="h")
    frame = pd.DataFrame(
        {"n": [1, 2, 3, 4], "f": [1.5, np.nan, 0, 2], "s": ["a", None, "b", "a"], "t": days, "b": [True] * 4}
    )
    many = pd.concat([frame] * 50, ignore_index=True)
    twice = pd.DataFrame([[1, "x"]], columns=["a", "a"])
    wide = frame.assign(
        z=days.tz_localize("Asia/Shanghai"),
        c=pd.Categorical(["x", "y", "x", None], categories=["y", "x"], ordered=True),
        i=pd.array([1, None, 3, 4], dtype="Int64"),
        q=pd.array([True, None, False, True], dtype="boolean"),
        p=pd.period_range("2026-01", periods=4, freq="M"),
        v=pd.interval_range(0, 4),
        d=pd.to_timedelta([1, 2, 3, 4], unit="s"),
        o=[[1], {"a": 2}, None, "x"],
        r=[decimal.Decimal(1)] * 4,
        e=[datetime.date(2026, 1, 1)] * 4,
    )
    return [
        *(frame, many, wide, twice, frame.set_index("t"), frame.set_index(["s", "n"]), frame.iloc[::2], frame.iloc[:0]),
        *(frame.T, pd.DataFrame(), pd.DataFrame(index=[1, 2]), many.groupby("s").agg({"n": ["sum", "mean"]})),
        *(
            frame["s"],
            frame["f"].rename("x"),
            many["s"],
            pd.Series(dtype="float64"),
            pd.Series([1, "a"], name=("a", 1)),
        ),
        *(wide["z"], wide["c"], wide["i"], wide["p"], wide["v"], wide["d"], many.groupby(["s", "n"])["f"].mean()),
        *(
            days,
            pd.RangeIndex(3, name="x"),
            pd.Index(["a", "b"]),
            pd.Index([1, "a"]),
            pd.MultiIndex.from_product([[1, 2], ["a"]]),
        ),
        *(
            pd.DatetimeIndex(wide["z"]),
            pd.PeriodIndex(wide["p"]),
            pd.IntervalIndex(wide["v"]),
            pd.CategoricalIndex(["a"]),
        ),
        *(
            pd.Timestamp("2026-01-01 01:02:03.5"),
            pd.Timestamp("2026-01-01", tz="Asia/Shanghai"),
            pd.Timedelta("1h"),
            pd.NaT,
            pd.NA,
        ),
        *(
            pd.Period("2026-01", "M"),
            pd.Interval(0, 1),
            pd.Series(["a", pd.NA], dtype="string"),
            wide["i"].array,
            frame["s"].array,
        ),
        *(
            frame["n"].array,
            frame["t"].array,
            frame["s"].unique(),
            frame.dtypes,
            frame.value_counts(),
            frame.describe(),
        ),
        *(
            days[::2],
            many.set_index("t")["n"].resample("2h").sum(),
            many["s"].value_counts(),
            pd.crosstab(many["s"], many["n"]),
        ),
    ]


def polars_values() -> list[Any]:
    """Values of Polars."""
    frame = pl.DataFrame(
        {"n": [1, None, 3], "s": ["长安", None, ""], "f": [1.5, float("nan"), None], "b": [True, False, None]}
    )
    return [
        *(frame, frame.head(0), pl.DataFrame(), frame["s"], frame["n"].alias("x"), frame.with_row_index()),
        frame.with_columns(
            c=pl.col("s").cast(pl.Categorical),
            e=pl.Series(["a", "b", "a"], dtype=pl.Enum(["a", "b"])),
            t=pl.lit(datetime.datetime(2026, 1, 2, tzinfo=zoneinfo.ZoneInfo("Asia/Shanghai"))),
            d=pl.lit(datetime.date(2026, 1, 2)),
            x=pl.lit(decimal.Decimal("1.10")),
            l=pl.Series([[1], [], None]),
            r=pl.Series([{"a": 1}, {"a": 2}, {"a": None}]),
        ),
    ]


def forged_streams() -> Iterator[tuple[str, bytes]]:
    """Messages whose Arrow stream says what is not so; each would make a reader leave the message's own memory."""
    encoder = Encoder(refuse)
    texts = pd.DataFrame({"s": [f"{number:06d}" for number in range(64)], "n": range(64)})
    good = encoder.finish(encoder.encode(texts)).joined()
    ends = np.arange(0, 65 * 6, 6, dtype="<i8").tobytes()
    assert good.count(ends) == 1
    for name, last in (("offset-beyond", 3_000_000), ("offset-far", 2_000_000_000), ("offset-negative", -8)):
        yield name, good.replace(ends, ends[:-8] + np.int64(last).tobytes())
    yield "offset-backwards", good.replace(ends, ends[:8] + np.int64(300).tobytes() + ends[16:])
    yield "not-utf8", good.replace(b"000007", b"\xff\xfe0007")
    yield "rows", good.replace(b'["counting", 0, 64, 1', b'["counting", 0, 63, 1')
    yield "kind", good.replace(b'["numbers", "<i8"]', b'["numbers", "<f8"]')
    yield "column", good.replace(b'["#", 1,', b'["#", 7,')
    start = good.index(b"\xff\xff\xff\xff")
    yield "cut", good[: start + 200] + bytes(len(good) - start - 200)
    for name, array in unwanted_columns():
        stream = pa.BufferOutputStream()
        with pa.ipc.new_stream(stream, pa.schema([pa.field("0", array.type)])) as writer:
            writer.write_table(pa.table([array], schema=writer_schema(array)))
        forged = Encoder(refuse)
        number = forged.buffer(memoryview(stream.getvalue()))
        yield name, forged.finish(["arrow", ["arrow"], number]).joined()


def unwanted_columns() -> Iterator[tuple[str, Any]]:
    """Columns of types that have no business here."""
    yield (
        "extension",
        pa.array([[1.0, 2.0]] * 4, pa.list_(pa.float64(), 2)).cast(pa.fixed_shape_tensor(pa.float64(), [2])),
    )
    yield "union", pa.UnionArray.from_dense(pa.array([0], pa.int8()), pa.array([0], pa.int32()), [pa.array([1])])
    yield "view", pa.array(["x" * 20], pa.string_view())


def writer_schema(array: Any) -> Any:
    """Return the schema of one unnamed column."""
    return pa.schema([pa.field("0", array.type)])


def forgeries_believed() -> list[str]:
    """Name the forgeries that were read instead of refused."""
    believed = []
    for name, message in forged_streams():
        try:
            Decoder(message, refuse).value()
        except Malformed:
            continue
        believed.append(name)
    return believed


def main() -> None:
    """Print a JSON list of what went wrong."""
    wrong = []
    values = [*plain_values(), *array_values(), *table_values(), *polars_values()]
    for value in values:
        try:
            if not same(value, through(value)):
                wrong.append(f"{type(value).__name__}: {value!r:.80} became {through(value)!r:.80}")
        except (AssertionError, Malformed, Uncrossable) as problem:
            wrong.append(f"{type(value).__name__}: {value!r:.80}: {type(problem).__name__} {problem!s:.300}")
    sys.stdout.write(json.dumps({"values": len(values), "wrong": wrong, "believed": forgeries_believed()}) + "\n")


if __name__ == "__main__":
    main()
