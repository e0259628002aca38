"""Takes laws and official documents in, from files or from a folder of many."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.knowledge.actions import (
    ImportUnderWay,
    Outcome,
    Source,
    import_source,
    importing_alone,
    plan_source,
    relate_texts,
)
from portal.knowledge.parsing.corpus import UnreadableCorpus
from portal.knowledge.sources import sentence_of, sources_in
from portal.knowledge.taxonomy import load_themes
from search.actions import index_changes
from search.indexing import installed_engine
from search.models import IndexChange

STEP = 100
"""Documents between two lines of progress."""


class Command(BaseCommand):
    """Each document is taken in whole or not at all; what is there already changes nothing."""

    help = "Takes laws and official documents in: files (.md .html .docx) or a folder with documents.json.gz."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files or folders")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen; write nothing")
        parser.add_argument("--index", action="store_true", help="return when the search has them")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [str(path) for path in options["paths"] if not path.exists()]
        if missing:
            raise CommandError(_("There is no %s.") % ", ".join(missing), returncode=2)
        try:
            with importing_alone(settings.PATHS.var):
                report = self._run(options["paths"], dry=options["dry_run"])
        except ImportUnderWay as problem:
            raise CommandError(_("Another import is running. Wait until it is done."), returncode=2) from problem
        except (UnreadableCorpus, OSError) as problem:
            raise CommandError(str(problem), returncode=2) from problem
        if options["index"] and not options["dry_run"]:
            self._wait_for_index()
        self.stdout.write(json.dumps(report, ensure_ascii=False))
        if report["refused"] and not (report["made"] or report["changed"] or report["unchanged"]):
            raise SystemExit(2)
        if report["refused"]:
            raise SystemExit(1)

    def _run(self, paths: list[Path], *, dry: bool) -> dict[str, Any]:
        if not dry:
            load_themes()
        counts: Counter[str] = Counter()
        refusals: list[dict[str, Any]] = []
        notes: list[dict[str, Any]] = []
        expressions: list[int] = []
        started = time.monotonic()
        for number, source in enumerate(sources_in(paths), start=1):
            outcome = self._take(source, dry=dry)
            counts[outcome.result] += 1
            counts["clauses"] += source.clause_count if outcome.result in ("made", "changed") else 0
            counts["reviews"] += outcome.reviews
            counts.update({f"clauses_{name}": count for name, count in outcome.changes.items()})
            if outcome.expression is not None:
                expressions.append(outcome.expression.pk)
            self._tell(outcome, refusals, notes)
            if number % STEP == 0:
                self._progress(number, counts, started)
        if not dry:
            counts["relations"] = relate_texts(expressions=expressions, at=timezone.now())
        self._progress(sum(counts[name] for name in ("made", "changed", "unchanged", "refused")), counts, started)
        names = ("made", "changed", "unchanged", "refused", "clauses", "relations", "reviews")
        changes = {name: count for name, count in sorted(counts.items()) if name.startswith("clauses_")}
        report = {"dry_run": dry, **{name: counts[name] for name in names}, **changes}
        return {**report, "refusals": refusals, "notes": notes, "seconds": round(time.monotonic() - started, 2)}

    def _take(self, source: Source, *, dry: bool) -> Outcome:
        return plan_source(source) if dry else import_source(source=source, by=None, at=timezone.now())

    def _tell(self, outcome: Outcome, refusals: list[dict[str, Any]], notes: list[dict[str, Any]]) -> None:
        for problem in outcome.source.problems:
            row = {"source": outcome.source.name, "line": problem.line, "reason": sentence_of(problem)}
            (refusals if problem.is_refusal else notes).append(row)
            mark = "✕" if problem.is_refusal else "·"
            print(f"{mark} {row['source']}:{row['line']}: {row['reason']}", file=sys.stderr)

    def _progress(self, number: int, counts: Counter[str], started: float) -> None:
        seconds = time.monotonic() - started
        print(
            _("%(number)d documents, %(clauses)d clauses, %(seconds).0f s")
            % {"number": number, "clauses": counts["clauses"], "seconds": seconds},
            file=sys.stderr,
            flush=True,
        )

    def _wait_for_index(self) -> None:
        """Until the outbox is empty; where no worker empties it, this does."""
        engine = installed_engine()
        while (left := IndexChange.objects.count()) > 0:
            taken = index_changes(engine)
            if not taken:
                time.sleep(0.2)
            if left % 10_000 < taken:
                print(_("%d entries wait for the index") % left, file=sys.stderr, flush=True)
