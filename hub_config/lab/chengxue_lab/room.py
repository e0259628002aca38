"""How much room this lab has left, in the words of whoever looks after it (hub_config/warden.py), and what to say when none is."""

from __future__ import annotations

import errno
import json
import time
from pathlib import Path
from typing import Any

NEWS = Path("/run/lab/state.json")
# The warden says something every few seconds; what is older says that nobody watches.
FRESH_S = 60.0
# A full home still takes the notebook on the page, with what its cells have shown since.
SAVE_GROWS_BY = 1 << 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
NO_ROOM_ZH = "个人空间已满，没有保存。请在实训栏的“空间”里删除不要的文件，然后再试。"
NO_ROOM_EN = "Your space is full, so this was not saved. Delete files under “Space” in the lab's bar, then try again."
NO_ROOM = f"{NO_ROOM_ZH} / {NO_ROOM_EN}"


def state() -> dict[str, Any]:
    """Return what was last said, and since when; nothing where nobody watches."""
    try:
        said = json.loads(NEWS.read_text(encoding="utf-8"))
        age = time.time() - NEWS.stat().st_mtime
    except (OSError, ValueError):
        return {}
    return {**said, "is_watched": age < FRESH_S} if isinstance(said, dict) else {}


def may_grow_to(octets: int, *, before: int | None) -> bool:
    """Tell whether a file may have this size, where it had another before or was none."""
    if not state().get("home", {}).get("is_full"):
        return True
    return before is not None and octets <= before + SAVE_GROWS_BY
