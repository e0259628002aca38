"""What this app tells others at start: the runs of a person, for the hub."""

from __future__ import annotations

from portal.users.claims import register_groups

from .queries import run_groups

register_groups(run_groups)
