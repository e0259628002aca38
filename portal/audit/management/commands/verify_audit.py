"""Verifies the audit's hash chain."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from portal.audit.anchors import Noted, noted, own_anchors, read_lines
from portal.audit.verification import verify_chain


class Command(BaseCommand):
    """Exit 0: whole; 1: broken, with the places; 2: could not be checked."""

    help = (
        "Recomputes the hash chain of audit events, holds it against this installation's signed anchors and against "
        "seals noted elsewhere, and prints the result as JSON. Exit 0 whole, 1 broken, 2 not checked. `anchored` is "
        "false when nothing outside the chain vouches for it; with --anchored that exits 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect",
            metavar="SEQ:HASH",
            action="append",
            default=[],
            help="A seal noted earlier outside this machine, as certificates and notices print it. May be repeated.",
        )
        parser.add_argument(
            "--anchors", metavar="FILE", help="Seals noted elsewhere: SEQ:HASH or lines of an anchors' file."
        )
        parser.add_argument("--anchored", action="store_true", help="Answer 1 when the chain is unanchored.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = verify_chain(noted=[*own_anchors(), *_brought(options["expect"], options["anchors"])])
        except (DatabaseError, ValueError, OSError) as error:
            self.stdout.write(json.dumps({"ok": None, "error": f"{type(error).__name__}: {error}"}))
            sys.exit(2)
        if not result.is_anchored:
            self.stderr.write(
                "unanchored: no seal noted outside the chain; rewritten as a whole it would look the same"
            )
        self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False))
        if not result.is_whole or (options["anchored"] and not result.is_anchored):
            sys.exit(1)


def _brought(expected: list[str], file: str | None) -> list[Noted]:
    """Raise NotNoted for something that is no seal, OSError for a file that cannot be read."""
    lines = Path(file).read_text(encoding="utf-8").splitlines() if file else []
    return [*(noted(written) for written in expected), *read_lines(lines)]
