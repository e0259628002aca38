"""`manage.py search QUERY`: the search of the site on the command line, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from search.queries import Answer, search


class Command(BaseCommand):
    """Searches as the site does and prints one JSON document (per line, with --batch)."""

    help = "Search the site; prints JSON. 检索站内内容，输出 JSON。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments of docs/reference/commands.md."""
        parser.add_argument("query", nargs="?", metavar="QUERY")
        parser.add_argument("--as", dest="username", metavar="USERNAME", help="search with this person's rights")
        parser.add_argument("--engine", choices=["embedded"], default="embedded")
        parser.add_argument("--language", default="zh-hans")
        parser.add_argument("--limit", type=int, default=10)
        parser.add_argument("--batch", metavar="FILE", help="one query per line in, one document per line out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer the query, or every line of the file."""
        user = self._user(options["username"])
        if not 1 <= options["limit"] <= 1000:
            raise CommandError(_("--limit: 1 to 1000."), returncode=2)
        for query in self._queries(options):
            answer = search(query, user, options["language"], options["limit"])
            self.stdout.write(json.dumps(_document(answer), ensure_ascii=False))

    def _user(self, username: str | None) -> Any:
        if username is None:
            return None
        users = get_user_model()._default_manager.filter(username__iexact=username, is_active=True)
        if (user := users.first()) is None:
            raise CommandError(_("--as: no active user %(name)s.") % {"name": username}, returncode=2)
        return user

    def _queries(self, options: dict[str, Any]) -> Iterator[str]:
        if (options["query"] is None) == (options["batch"] is None):
            raise CommandError(_("Give a query, or --batch with a file."), returncode=2)
        if options["batch"] is None:
            yield options["query"]
            return
        try:
            text = Path(options["batch"]).read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise CommandError(_("--batch: %(reason)s.") % {"reason": error}, returncode=2) from error
        # Ended by a line feed only: other line breaks may stand inside a query.
        yield from text.removesuffix("\n").split("\n")


def _document(answer: Answer) -> dict[str, Any]:
    return {
        "query": answer.query,
        "count": answer.count,
        "problem": answer.problem.value or None,
        "intent": "keyword",
        "did_you_mean": None,
        "facets": {"kind": {kind.kind: kind.count for kind in answer.kinds}},
        "hits": [
            {
                "kind": hit.kind,
                "id": str(hit.source_uuid),
                "title": hit.title,
                "anchor": None,
                "parent_title": hit.parent_title,
                "status": None,
                "score": hit.score,
                "url": hit.url,
            }
            for hit in answer.hits
        ],
    }
