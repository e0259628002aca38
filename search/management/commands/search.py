"""`manage.py search QUERY`: the search of the site on the command line, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from search import indexing
from search.engines import SearchEngine
from search.queries import Answer, search

ENGINES = ("embedded", "elasticsearch")


class Command(BaseCommand):
    """Searches as the site does and prints one JSON document (per line, with --batch)."""

    help = "Search the site; prints JSON. 检索站内内容，输出 JSON。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments of docs/reference/commands.md."""
        parser.add_argument("query", nargs="?", metavar="QUERY")
        parser.add_argument("--as", dest="username", metavar="USERNAME", help="search with this person's rights")
        parser.add_argument("--engine", choices=ENGINES, help="default: the engine of this installation")
        parser.add_argument("--language", default="zh-hans")
        parser.add_argument("--limit", type=int, default=10)
        parser.add_argument("--batch", metavar="FILE", help="one query per line in, one document per line out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer the query, or every line of the file."""
        user = self._user(options["username"])
        if not 1 <= options["limit"] <= 1000:
            raise CommandError(_("--limit: 1 to 1000."), returncode=2)
        engine = engine_named(options["engine"])
        for query in self._queries(options):
            answer = search(query, user, options["language"], options["limit"], engine=engine)
            self.stdout.write(json.dumps(document_of(answer), ensure_ascii=False))

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
            # Ended by a line feed only: other line breaks may stand inside a query.
            text = Path(options["batch"]).read_bytes().decode("utf-8", errors="replace")
        except OSError as error:
            raise CommandError(_("--batch: %(reason)s.") % {"reason": error}, returncode=2) from error
        if text:
            yield from text.removesuffix("\n").split("\n")


def engine_named(name: str | None) -> SearchEngine:
    """Return the engine that the command line names."""
    try:
        return indexing.installed_engine(name)
    except LookupError as error:
        text = _("--engine elasticsearch needs SEARCH_URL, the address of the server.")
        raise CommandError(text, returncode=2) from error


def document_of(answer: Answer) -> dict[str, Any]:
    """Return the answer as the interface of the command says."""
    return {
        "query": answer.query,
        "count": answer.count,
        "problem": answer.problem.value or None,
        "intent": answer.intent.kind.value if answer.intent else None,
        "did_you_mean": answer.did_you_mean or None,
        "is_relaxed": answer.is_relaxed,
        "choices": [choice.title for choice in answer.choices],
        "facets": {
            facet: {value.value: value.count for value in values} for facet, values in sorted(answer.facets.items())
        },
        "hits": [
            {
                "kind": hit.kind,
                "id": hit.outside_id,
                "title": hit.title,
                "anchor": hit.anchor or None,
                "parent_title": hit.parent_title,
                "status": hit.status or None,
                "replaced_by": hit.replaced_by[0] if hit.replaced_by else None,
                "score": hit.score,
                "url": hit.url,
            }
            for hit in answer.hits
        ],
    }
