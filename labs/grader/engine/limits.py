"""What one submission may use."""

from __future__ import annotations

from collections.abc import Mapping

from ..protocol import Limits

CELL_SECONDS = 30.0
OUTPUT_BYTES = 64 * 1024 * 1024
FILE_MB = 64
WORK_MB = 256
TEMPORARY_MB = 64
SHARED_MB = 16
PROCESSES = 64
OPEN_FILES = 256
FILES = 20_000
TEMPLATES_MB = 512
OWN_MODULES_MB = 64
NOTEBOOK_BYTES = 20 * 1024 * 1024
NOTEBOOK_CELLS = 2000
NOTEBOOK_NODES = 400_000
NOTEBOOK_ITEMS = 4_000_000


def cell_seconds(limits: Limits) -> float:
    """Return what one cell gets: at most half of the time, so that the questions after it are still graded."""
    return min(CELL_SECONDS, limits.wall_s / 2)


def read_limits(values: Mapping[str, object]) -> Limits:
    """Build limits from a request, each value kept within what this engine supports."""
    return Limits(
        cpu_s=_number(values, "cpu_s", Limits.cpu_s, 1, 600),
        wall_s=_number(values, "wall_s", Limits.wall_s, 2, 900),
        memory_mb=int(_number(values, "memory_mb", Limits.memory_mb, 256, 16384)),
    )


def _number(values: Mapping[str, object], name: str, default: float, low: float, high: float) -> float:
    value = values.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return float(default)
    return float(min(max(value, low), high))
