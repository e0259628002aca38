"""Brings an object in the checker to what a call made of its copy in the trainee's process."""

from __future__ import annotations

import collections
import io
import sys
from typing import Any

MAPPINGS = (dict, collections.Counter, collections.OrderedDict, collections.defaultdict)


def become(old: Any, new: Any) -> bool:
    """Give an object another one's content; tell whether that was possible."""
    kind = type(old)
    if kind is not type(new):
        return False
    if kind is list:
        _become_list(old, new)
    elif kind in MAPPINGS:
        kept = {key: old[key] for key in new if key in old and become(old[key], new[key])}
        old.clear()
        old.update({**new, **kept})
    elif kind is set:
        old.clear()
        old.update(new)
    elif kind in (bytearray, collections.deque):
        old.clear()
        old.extend(new)
    elif kind in (io.StringIO, io.BytesIO):
        _become_stream(old, new)
    else:
        return _become_table(old, new)
    return True


def _become_list(old: list[Any], new: list[Any]) -> None:
    kept = [mine if become(mine, other) else other for mine, other in zip(old, new, strict=False)]
    old[:] = kept + new[len(kept) :]


def _become_stream(old: Any, new: Any) -> None:
    if new.closed:
        old.close()
    elif not old.closed:
        old.seek(0)
        old.truncate()
        old.write(new.getvalue())
        old.seek(new.tell())


def _become_table(old: Any, new: Any) -> bool:
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and type(old) is numpy.ndarray:
        if old.shape != new.shape or old.dtype != new.dtype or not old.flags.writeable:
            return False
        old[...] = new
        return True
    if pandas is not None and type(old) in (pandas.DataFrame, pandas.Series):
        old._update_inplace(new)
        return True
    return False
