"""pandas columns that have an Arrow array in them: texts, and Arrow's own types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from . import arrow
from .refusals import Malformed, Uncrossable


def to_arrow(values: Any, dtype: Any) -> tuple[Any, list[Any]]:
    """Return a column of texts or of Arrow's own types as an Arrow array, and what pandas calls it."""
    if type(dtype) is pd.ArrowDtype:
        if not arrow.is_plain(dtype.pyarrow_dtype):
            raise Uncrossable(f"列类型 {dtype} 不能传递", str(dtype))
        return values.__arrow_array__(), ["arrow"]
    kind = ["text", dtype.storage, "nan" if dtype.na_value is not pd.NA else "NA"]
    array = getattr(values, "array", values)
    if dtype.storage == "pyarrow":
        return array.__arrow_array__(), kind
    return pa.array(array.astype(object), type=pa.large_string(), from_pandas=True), kind


def from_arrow(column: Any, kind: Any) -> Any:
    """Return the pandas array of a column that was validated."""
    if kind == ["arrow"]:
        return pd.arrays.ArrowExtensionArray(column)
    name, storage, missing = kind
    if name != "text" or storage not in ("pyarrow", "python") or not pa.types.is_large_string(column.type):
        raise Malformed("text")
    dtype = pd.StringDtype(storage, na_value=np.nan if missing == "nan" else pd.NA)
    if storage == "pyarrow":
        return pd.arrays.ArrowStringArray(column, dtype=dtype)
    return pd.array(np.array(column.to_pylist(), dtype=object), dtype=dtype)
