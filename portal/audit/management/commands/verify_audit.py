"""Verifies the audit's hash chain."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from portal.audit.verification import verify_chain


class Command(BaseCommand):
    """Exit 0: whole; 1: broken, with the places; 2: could not be checked."""

    help = "Recomputes the hash chain of audit events and prints the result as JSON. Exit 0 whole, 1 broken, 2 not checked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--expect", metavar="SEQ:HASH", help="A place and hash noted earlier outside this machine.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = verify_chain(expected=_expected(options["expect"]))
        except (DatabaseError, ValueError) as error:
            self.stdout.write(json.dumps({"ok": None, "error": f"{type(error).__name__}: {error}"}))
            sys.exit(2)
        self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False))
        if not result.is_whole:
            sys.exit(1)


def _expected(written: str | None) -> tuple[int, str] | None:
    """Raises ValueError for something that is not SEQ:HASH."""
    if not written:
        return None
    seq, _, digest = written.partition(":")
    if len(digest) != 64:
        raise ValueError("--expect takes SEQ:HASH, the hash with 64 hexadecimal digits")
    return int(seq), digest
