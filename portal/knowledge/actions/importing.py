"""Taking texts of policies in. A text that is there already changes nothing; a changed one is a new text beside the old."""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from portal.audit.actions import record
from portal.knowledge.codes import code_for
from portal.knowledge.entries import put_work
from portal.knowledge.models import PolicyExpression, PolicyLevel, PolicyStatus, PolicyTheme, PolicyWork, Provision
from portal.knowledge.parsing.about import About
from portal.knowledge.parsing.alignment import align
from portal.knowledge.parsing.pieces import Piece, tree_hash
from portal.knowledge.parsing.wording import SourceProblem
from portal.knowledge.queries import current_of, find_work, same_number
from portal.knowledge.taxonomy import completed
from portal.users.models import User

from .impact import follow_text
from .relating import relate_named

SHOWN = 400
"""Headings and clauses in a preview."""
LOCK = 7_420_611
"""Number of the database's own lock, where many machines share one."""


class ImportUnderWay(RuntimeError):
    """Another import is running; two at once could take the same text in twice."""


@dataclass(frozen=True)
class Source:
    """A document ready to be taken in. `key` is its name with the importer, `name` what people see of it."""

    key: str
    name: str
    about: About
    pieces: list[Piece] = field(default_factory=list)
    preamble: str = ""
    problems: tuple[SourceProblem, ...] = ()
    is_current: bool = True

    @property
    def refusals(self) -> list[SourceProblem]:
        """Why nothing of it can be taken in."""
        return [problem for problem in self.problems if problem.is_refusal]

    @property
    def clause_count(self) -> int:
        """How many clauses it has."""
        return sum(piece.is_clause for piece in self.pieces)


@dataclass(frozen=True)
class Outcome:
    """What became of a document, or would become of it: made, changed, unchanged, refused."""

    source: Source
    result: str
    code: str = ""
    changes: Counter[str] = field(default_factory=Counter)
    reviews: int = 0
    expression: PolicyExpression | None = None

    @property
    def sorted_changes(self) -> list[tuple[str, int]]:
        """How many clauses became what."""
        return sorted(self.changes.items())

    @property
    def shown_pieces(self) -> list[Piece]:
        """Return headings and clauses in order, as many as a preview can show."""
        return [piece for piece in self.source.pieces if piece.is_clause or piece.heading][:SHOWN]


@contextmanager
def importing_alone(folder: Path) -> Iterator[None]:
    """Hold the right to import while the block runs. Raises ImportUnderWay."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "import_policies.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise ImportUnderWay from problem
        if connection.vendor != "postgresql":
            yield
        elif not _ask_database("SELECT pg_try_advisory_lock(%s)"):
            raise ImportUnderWay
        else:
            try:
                yield
            finally:
                _ask_database("SELECT pg_advisory_unlock(%s)")


def _ask_database(question: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [LOCK])
        return bool(cursor.fetchone()[0])


def plan_source(source: Source) -> Outcome:
    """Return what an import of the document would do; nothing is written."""
    if source.refusals or not source.pieces:
        return Outcome(source, "refused")
    work = _work_of(source)
    if work is None:
        return Outcome(source, "made", source.about.code)
    if _same_text(work, source) is not None:
        return Outcome(source, "unchanged", work.code)
    before = _before(work, _effective(source.about))
    return Outcome(source, "changed", work.code, _changes(before, source.pieces))


@transaction.atomic
def import_source(*, source: Source, by: User | None, at: datetime) -> Outcome:
    """Take a document in: whole, with its entries in the search and what it does to those who quote it."""
    plan = plan_source(source)
    if plan.result == "refused":
        return plan
    work = _work_of(source)
    if plan.result == "unchanged":
        assert work is not None  # the plan found it
        relate_named(work=work, about=source.about)
        return Outcome(source, "unchanged", work.code, expression=_same_text(work, source))
    on = timezone.localdate(at)
    is_new = work is None
    work = work or _make_work(source, on)
    newest = work.expressions.in_order().last()
    expression = _add_expression(work, source, by, at)
    is_newest = work.expressions.in_order().last() == expression
    reviews = follow_text(before=newest, after=expression, at=at) if newest is not None and is_newest else []
    if not is_new and is_newest:
        _refresh_work(work, source.about, on)
    record(
        by=by,
        at=at,
        event="knowledge.text_imported",
        target=work,
        details={"sha256": expression.sha256, "source": source.name[:200], "clauses": expression.clause_count},
    )
    relate_named(work=work, about=source.about)
    put_work(work, at)
    return Outcome(source, plan.result, work.code, plan.changes, len(reviews), expression)


@transaction.atomic
def import_sources(*, sources: Sequence[Source], by: User | None, at: datetime) -> list[Outcome]:
    """Take the texts of one file in: all of them or none."""
    return [import_source(source=source, by=by, at=at) for source in sources]


def _work_of(source: Source) -> PolicyWork | None:
    """Return the policy of a document, also where its file was taken in under a title that was read less well then."""
    if (found := find_work(source.about)) is not None or source.about.code or not source.key.startswith("file:"):
        return found
    same = PolicyExpression.objects.filter(source_key=source.key, sha256=tree_hash(source.pieces)).order_by("pk")
    texts = same.select_related("work")
    return next((text.work for text in texts if same_number(text.work.number, source.about.number)), None)


def _same_text(work: PolicyWork, source: Source) -> PolicyExpression | None:
    """Return the same words from the same source; of a single file, from any source."""
    found = work.expressions.filter(sha256=tree_hash(source.pieces))
    if source.key.startswith("corpus:"):
        found = found.filter(source_key=source.key)
    return found.first()


def _before(work: PolicyWork, effective: date | None) -> PolicyExpression | None:
    texts = list(work.expressions.in_order())
    earlier = [text for text in texts if effective is None or (text.effective_date or date.min) <= effective]
    return earlier[-1] if earlier else None


def _changes(before: PolicyExpression | None, pieces: list[Piece]) -> Counter[str]:
    if before is None:
        return Counter()
    old = list(before.provisions.clauses().order_by("order"))
    new = [piece for piece in pieces if piece.is_clause]
    return Counter(pair.change.value for pair in align(old, new))


def _effective(about: About) -> date | None:
    """From when the text holds: an old law keeps its first day in its last clause, whatever amended it since."""
    days = [day for day in (about.effective_date, about.version_date) if day is not None]
    return max(days, default=about.issued_date)


def _make_work(source: Source, on: date) -> PolicyWork:
    about = completed(source.about)
    level = about.level if about.level in PolicyLevel.values else PolicyLevel.OTHER
    work = PolicyWork(
        code=about.code or code_for(about.title),
        title=about.title,
        aliases="\n".join(about.aliases),
        number=about.number[:80],
        issuer=about.issuer[:160],
        level=level,
        theme=PolicyTheme.objects.filter(code=about.theme).first() if about.theme else None,
        region=about.region or "",
        status=about.status or _status(about, on),
        issued_date=about.issued_date,
        repealed_date=_day_after(about.valid_until),
        effective_date=about.effective_date or _effective(about),
        source_url=about.source[:300] if about.source.startswith("http") else "",
    )
    work.save()
    return work


def _day_after(day: date | None) -> date | None:
    return None if day is None else day + timedelta(days=1)


def _status(about: About, on: date) -> str:
    """Return whether it holds on the day: what says itself until when it holds, holds no longer."""
    effective = _effective(about)
    if about.valid_until is not None and about.valid_until < on:
        return PolicyStatus.REPEALED
    return PolicyStatus.NOT_YET if effective is not None and effective > on else PolicyStatus.IN_FORCE


def _refresh_work(work: PolicyWork, about: About, on: date) -> None:
    """Let the work follow a newer text, which may bring a new number; a policy that waited for its day may hold now."""
    current = current_of(list(work.expressions.in_order()), on)
    if work.status == PolicyStatus.NOT_YET and current is not None and (current.effective_date or on) <= on:
        work.status = PolicyStatus.IN_FORCE
    if about.number:
        work.number = about.number[:80]
    if about.valid_until is not None:
        # The newer text says anew until when it holds; what had run out holds again.
        has_run_out = work.status == PolicyStatus.REPEALED and (work.repealed_date or date.max) <= on
        work.repealed_date = _day_after(about.valid_until)
        if has_run_out or about.valid_until < on:
            work.status = _status(about, on)
    work.save(update_fields=["status", "number", "repealed_date"])


def _add_expression(work: PolicyWork, source: Source, by: User | None, at: datetime) -> PolicyExpression:
    about = source.about
    expression = PolicyExpression.objects.create(
        work=work,
        version_date=about.version_date,
        effective_date=_effective(about),
        source=(about.source or source.name)[:300],
        source_key=source.key[:200],
        sha256=tree_hash(source.pieces),
        preamble=source.preamble[:20_000],
        history=list(about.history),
        clause_count=source.clause_count,
        imported_at=at,
        imported_by=by,
    )
    _add_provisions(expression, source.pieces)
    return expression


def _add_provisions(expression: PolicyExpression, pieces: list[Piece]) -> None:
    """Rows of the tree, rank by rank from the top, for a row must know its parent's."""
    rows: list[Provision | None] = [None] * len(pieces)
    depths: list[int] = []
    for piece in pieces:
        depths.append(0 if piece.parent is None else depths[piece.parent] + 1)
    for depth in range(max(depths, default=-1) + 1):
        places = [place for place, own in enumerate(depths) if own == depth]
        for place in places:
            parent = pieces[place].parent
            rows[place] = _row(expression, pieces[place], place, None if parent is None else rows[parent])
        Provision.objects.bulk_create([row for place in places if (row := rows[place]) is not None], batch_size=500)


def _row(expression: PolicyExpression, piece: Piece, order: int, parent: Provision | None) -> Provision:
    return Provision(
        expression=expression,
        parent=parent,
        kind=piece.kind,
        is_clause=piece.is_clause,
        order=order,
        eid=piece.eid,
        number=piece.number,
        heading=piece.heading,
        path=piece.path,
        text=piece.text,
        text_sha256=piece.text_sha256,
        source_id=piece.source_id[:60],
    )
