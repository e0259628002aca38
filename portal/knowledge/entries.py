"""What the search finds of policies, clauses and terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.utils import timezone

from search.actions import drop_entries, put_entries
from search.registry import Entry

from .models import GlossaryTerm, PolicyExpression, PolicyStatus, PolicyWork, Provision
from .queries import current_of

CHINESE, ENGLISH = "zh-hans", "en"
TEXT = 5_000
"""Characters of a policy's introduction."""


def policy_key(work: PolicyWork) -> str:
    """Return the search's key of a policy."""
    return f"policy:{work.uuid}:{CHINESE}"


def clause_key(expression: PolicyExpression, provision: Provision) -> str:
    """Return the search's key of a clause; it begins with that of its text."""
    return f"clause:{expression.uuid}:{provision.uuid}"


def put_work(work: PolicyWork, at: datetime, *, with_clauses: bool = True) -> None:
    """Make the search agree with a policy and its texts, in the caller's transaction."""
    if not work.live:
        drop_work(work)
        return
    put_entries(work_entries(work, timezone.localdate(at), with_clauses=with_clauses), at=at)


def drop_work(work: PolicyWork) -> None:
    """Make a policy and its clauses unfindable."""
    drop_entries(prefix=f"policy:{work.uuid}:")
    for uuid in work.expressions.values_list("uuid", flat=True):
        drop_entries(prefix=f"clause:{uuid}:")


def put_term(term: GlossaryTerm, at: datetime) -> None:
    """Make the search agree with a term."""
    if term.live:
        put_entries(term_entries(term), at=at)
    else:
        drop_term(term)


def drop_term(term: GlossaryTerm) -> None:
    """Make a term unfindable."""
    drop_entries(prefix=f"term:{term.uuid}:")


def work_entries(work: PolicyWork, on: date, *, with_clauses: bool = True) -> Iterator[Entry]:
    """Yield a policy and every clause of its texts; clauses of older texts say that they were amended."""
    expressions = list(work.expressions.in_order())
    current = current_of(expressions, on)
    yield _policy_entry(work, current)
    for expression in expressions if with_clauses else ():
        status = _status(work, expression, current, on)
        for provision in expression.provisions.clauses().order_by("order").iterator(2000):
            yield _clause_entry(work, expression, provision, status, expression == current)


def term_entries(term: GlossaryTerm) -> Iterator[Entry]:
    """Yield a term, in the languages that it is explained in."""
    texts = {CHINESE: (term.term, term.definition), ENGLISH: (term.term_en, term.definition_en)}
    for language, (title, body) in texts.items():
        if title and body:
            yield Entry(
                key=f"term:{term.uuid}:{language}",
                kind="term",
                source_uuid=term.uuid,
                language=language,
                title=title,
                body=f"{body}\n{term.source}",
                url=term.get_absolute_url(),
                aliases=term.term_en if language == CHINESE else term.term,
            )


def entries() -> Iterable[Entry]:
    """Everything, for a rebuild of the index."""
    on = timezone.localdate()
    for work in PolicyWork.objects.published().select_related("theme").order_by("pk").iterator(200):
        yield from work_entries(work, on)
    for term in GlossaryTerm.objects.filter(live=True).order_by("pk").iterator(200):
        yield from term_entries(term)


def _policy_entry(work: PolicyWork, current: PolicyExpression | None) -> Entry:
    introduction = current.preamble if current else ""
    return Entry(
        key=policy_key(work),
        kind="policy",
        source_uuid=work.uuid,
        language=CHINESE,
        title=work.title,
        body="\n".join(filter(None, (work.aliases, work.number, work.issuer, introduction)))[:TEXT],
        url=work.get_absolute_url(),
        aliases=work.aliases,
        number=work.number,
        level=work.level,
        region=work.region,
        issuer=work.issuer,
        theme=work.theme.code if work.theme else "",
        status=work.status,
        dated=_dated(work, current),
        source_id=current.source_key.rpartition(":")[2][:80] if current else "",
    )


def _clause_entry(
    work: PolicyWork, expression: PolicyExpression, provision: Provision, status: str, is_current: bool
) -> Entry:
    query = "" if is_current else f"?text={expression.uuid}"
    return Entry(
        key=clause_key(expression, provision),
        kind="clause",
        source_uuid=provision.uuid,
        language=CHINESE,
        title=provision.number if provision.number.strip("¶") else provision.path.rpartition(" / ")[2] or work.title,
        body=provision.text,
        url=f"{work.get_absolute_url()}{query}#{provision.eid}",
        parent_title=work.title,
        parent_key=policy_key(work),
        anchor=provision.eid,
        path=provision.path,
        aliases=work.aliases,
        number=work.number,
        level=work.level,
        region=work.region,
        issuer=work.issuer,
        theme=work.theme.code if work.theme else "",
        status=status,
        dated=_dated(work, expression),
        source_id=provision.source_id,
    )


def _dated(work: PolicyWork, expression: PolicyExpression | None) -> date | None:
    own = (expression.version_date or expression.effective_date) if expression else None
    return own or work.issued_date or work.effective_date


def _status(work: PolicyWork, expression: PolicyExpression, current: PolicyExpression | None, on: date) -> str:
    if work.is_repealed or expression == current:
        return work.status
    if expression.effective_date is not None and expression.effective_date > on:
        return PolicyStatus.NOT_YET
    return PolicyStatus.AMENDED
