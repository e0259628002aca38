"""The token that the portal knows a command by: the person's own short one, or that of the lab's server."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

TOKEN_FILE = ".chengxue/token"  # noqa: S105  (a place, no secret)
LONGEST = 200


class OpenTokenFile(Exception):
    """The file with the token can be read by others."""


def find_token(environ: Mapping[str, str], home: Path) -> str:
    """Return the token of `CHENGXUE_TOKEN`, else of the lab's server, else of the file in the home; "" without any.

    The second is there only where the server itself runs a command, which an old file in the home must not disturb:
    terminals and kernels do not have it. Raises OpenTokenFile.
    """
    known = environ.get("CHENGXUE_TOKEN", "").strip() or environ.get("JUPYTERHUB_API_TOKEN", "").strip()
    return known or _of_file(home / TOKEN_FILE).strip()


def _of_file(file: Path) -> str:
    try:
        with file.open(encoding="ascii", errors="replace") as opened:
            if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077:
                raise OpenTokenFile(str(file))
            return opened.read(LONGEST)
    except OSError:
        return ""
