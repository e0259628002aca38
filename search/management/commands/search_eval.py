"""`manage.py search_eval JUDGEMENTS.jsonl`: how good the search is, by judgements."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from search.engines import SearchEngine
from search.evaluation import BadJudgements, Judgement, measures, name_of, read_judgements
from search.management.commands.search import ENGINES, engine_named
from search.queries import search

DEPTH = 100


class Command(BaseCommand):
    """Asks every judged query and prints nDCG@10, recall and reciprocal rank with their 95 % intervals as JSON."""

    help = "Measure the search by judgements (JSON lines with qid, text, rel). 用标注集评测检索。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments of docs/reference/commands.md."""
        parser.add_argument("judgements", metavar="JUDGEMENTS.jsonl")
        parser.add_argument("--engine", choices=ENGINES, help="default: the engine of this installation")
        parser.add_argument("--language", default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the set, ask, measure."""
        try:
            judged = read_judgements(Path(options["judgements"]).read_text(encoding="utf-8").splitlines())
        except (OSError, UnicodeDecodeError, BadJudgements) as error:
            text = _("%(file)s: %(reason)s") % {"file": options["judgements"], "reason": error}
            raise CommandError(text, returncode=2) from error
        engine = engine_named(options["engine"])
        rankings = {one.qid: self._ranked(one, options["language"], engine) for one in judged}
        found = {name: asdict(measure) for name, measure in measures(rankings, judged).items()}
        self.stdout.write(json.dumps({"engine": engine.name, "queries": len(judged), **found}, ensure_ascii=False))

    def _ranked(self, judgement: Judgement, language: str, engine: SearchEngine) -> list[str]:
        answer = search(judgement.text, None, language, DEPTH, facets=(), engine=engine)
        if answer.problem:
            print(f"{judgement.qid}: {answer.problem}", file=sys.stderr)
        return [
            name_of((hit.outside_id, hit.url, f"{hit.kind}:{hit.title}"), judgement.relevant) for hit in answer.hits
        ]
