"""What a fork server does once, so that no submission does it for the first time.

Libraries import parts of themselves, and fill caches, when they are first used. Only libraries whose use starts no
thread are used here; the count of threads is looked at afterwards.
"""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Any

from . import values

CSV = "t,d,n,x\n" + "\n".join(f"2026-01-{day:02d} 0{day % 9}:00,区{day % 3},{day},{day / 7}" for day in range(1, 29))


def warm_up() -> None:
    """Use the libraries that are loaded, as notebooks and tests do."""
    for library, use in (("numpy", _use_numpy), ("pandas", _use_pandas)):
        if library in sys.modules:
            # Whatever a version of a library no longer has is only cold, not wrong.
            with contextlib.suppress(Exception):
                use(sys.modules[library])


def _use_numpy(np: Any) -> None:
    x = np.arange(12.0)
    np.linalg.lstsq(np.c_[x, np.ones(12)], 2 * x, rcond=None)
    np.polyfit(x, 2 * x, 1)
    np.isclose(x, x).all(), np.allclose(x, x), np.unique(x), np.percentile(x, [5, 50]), np.nanmean(x), np.nanstd(x)
    np.testing.assert_allclose(x, x)
    np.testing.assert_array_equal(x, x)
    np.random.seed(0)


def _use_pandas(pd: Any) -> None:
    frame = pd.read_csv(io.StringIO(CSV), parse_dates=["t"])
    frame.loc[3, "x"] = None
    clean = pd.concat([frame, frame]).drop_duplicates().dropna(subset=["x"]).reset_index(drop=True)
    assert clean.duplicated().sum() == 0
    grouped = clean.groupby(["d", clean["t"].dt.date])["x"].mean()
    clean.assign(day=clean["t"].dt.date).pivot_table(index="d", columns="day", values="x", aggfunc="mean").stack()
    clean.groupby("d").agg({"n": ["sum", "mean"], "x": "max"}), clean.groupby("d")["n"].transform("sum")
    clean.merge(pd.DataFrame({"d": ["区1"], "p": [1]}), on="d", how="left").sort_values(["d", "n"])
    hourly = clean.set_index("t")["n"].sort_index().resample("h").mean()
    hourly.rolling(24, min_periods=1).mean().interpolate()
    (
        clean["d"].value_counts(),
        clean["d"].unique(),
        clean["d"].str.replace("区", "").astype(int),
        clean["d"].isin(["区1"]),
    )
    clean[(clean["d"] == "区1") & (clean["n"] > 2)].iloc[:3].apply(lambda row: row["n"], axis=1)
    pd.cut(clean["x"], 3), pd.crosstab(clean["d"], clean["n"]), pd.to_datetime(frame["t"].astype(str))
    (
        frame.describe(),
        frame.head().to_string(),
        frame.head()._repr_html_(),
        frame.corr(numeric_only=True),
        frame.info(buf=io.StringIO()),
    )
    pd.testing.assert_frame_equal(frame, frame.copy())
    pd.testing.assert_series_equal(grouped, grouped.copy(), check_names=False, check_index=False, check_dtype=False)
    encoder = values.Encoder(lambda *_: None)
    values.Decoder(encoder.finish(encoder.encode([frame, grouped])).joined(), lambda *_: None).value()
