"""What a trainee's process says of its functions' parameters."""

from __future__ import annotations

import inspect
import types
from typing import Any

from .values import PLAIN


def signature_of(value: Any) -> list[Any] | None:
    """Describe the parameters: name, kind, and a default where it is a plain one."""
    if not isinstance(value, types.FunctionType):
        return None
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[each.name, int(each.kind), _plain_default(each.default)] for each in parameters]


def _plain_default(default: Any) -> list[Any] | None:
    if default is inspect.Parameter.empty:
        return None
    return [default] if type(default) in PLAIN else ["…"]
