"""Whether what was submitted may be taken away as a file: the app above says, which knows the data and the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from portal.users.models import User
from search.plugging import Contributions

Gate = Callable[[User, str, bytes, datetime], str]
"""Owner, file name, bytes, instant; returns the address of the page that says why the file is held, or nothing."""

_gates: Contributions[Gate] = Contributions("gates of submitted files")


def register_gate(gate: Gate) -> None:
    """Have a gate asked before a trainee takes a submitted notebook away."""
    _gates.add(gate)


def held_at(user: User, name: str, content: bytes, at: datetime) -> str:
    """Address of the page that says why the file may not leave; nothing where every gate lets it through."""
    return next((address for gate in _gates if (address := gate(user, name, content, at))), "")
