"""A policy as its page shows it: one text, with its titles, its clauses and what teaches them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.knowledge.models import PolicyExpression, PolicyRelation, PolicyStatus, PolicyWork, Provision
from portal.knowledge.parsing.pieces import clause_eid

from .teaching import Teaching, teachings_of

TITLES = {"part", "chapter", "section"}


@dataclass(frozen=True)
class TextLine:
    """A paragraph or item of a clause, with its anchor where it has one."""

    text: str
    eid: str = ""
    is_item: bool = False


@dataclass
class ClauseView:
    """A title or a clause of the text."""

    provision: Provision
    lines: list[TextLine] = field(default_factory=list)
    teachings: list[Teaching] = field(default_factory=list)

    @property
    def is_title(self) -> bool:
        """Whether it is a part, chapter or section."""
        return not self.provision.is_clause

    @property
    def rank(self) -> int:
        """Level of its heading."""
        path = self.provision.path
        return min(5, 2 + (path.count(" / ") + 1 if path else 0))

    @property
    def number(self) -> str:
        """Its printed number."""
        return self.provision.number.strip("¶")


@dataclass
class PolicyView:
    """A policy with one of its texts."""

    work: PolicyWork
    expression: PolicyExpression | None
    current: PolicyExpression | None
    texts: list[PolicyExpression]
    clauses: list[ClauseView]
    relations: list[PolicyRelation]
    teachings: list[Teaching]

    @property
    def is_current(self) -> bool:
        """Whether the text shown is the one that holds."""
        return self.expression == self.current

    @property
    def status(self) -> PolicyStatus:
        """Whether the text shown holds: the policy's own state, or that it is an older or a coming text."""
        if self.work.is_repealed or self.is_current or self.expression is None or self.current is None:
            return PolicyStatus(self.work.status)
        is_later = self.texts.index(self.expression) > self.texts.index(self.current)
        return PolicyStatus.NOT_YET if is_later else PolicyStatus.AMENDED

    @property
    def next_text(self) -> PolicyExpression | None:
        """The text that follows the one shown."""
        place = self.texts.index(self.expression) if self.expression in self.texts else -1
        return self.texts[place + 1] if 0 <= place < len(self.texts) - 1 else None

    @property
    def previous_text(self) -> PolicyExpression | None:
        """The text before the one shown."""
        place = self.texts.index(self.expression) if self.expression in self.texts else 0
        return self.texts[place - 1] if place > 0 else None

    @property
    def titles(self) -> list[ClauseView]:
        """Titles of the text, for its table of contents; clauses where it has no titles."""
        return [clause for clause in self.clauses if clause.is_title]


def policy_view(
    work: PolicyWork,
    texts: list[PolicyExpression],
    shown: PolicyExpression | None,
    current: PolicyExpression | None,
    user: Any,
    language: str,
) -> PolicyView:
    """Everything of a policy's page; the number of queries does not grow with the text."""
    teachings = teachings_of(work, user, language)
    related = PolicyRelation.objects.select_related("subject", "target").order_by("kind", "pk")
    relations = [*related.filter(subject=work)[:60], *related.filter(target=work)[:60]]
    clauses = _clauses(shown) if shown is not None else []
    _attach(clauses, teachings)
    return PolicyView(work, shown, current, texts, clauses, relations, teachings)


def _clauses(expression: PolicyExpression) -> list[ClauseView]:
    views: list[ClauseView] = []
    for row in expression.provisions.order_by("order"):
        if row.is_clause or row.kind in TITLES:
            views.append(ClauseView(row))
        elif views:
            views[-1].lines.append(TextLine(row.text, row.eid, row.kind == "item"))
    for view in views:
        if view.provision.is_clause and not view.lines:
            view.lines = [TextLine(view.provision.text)]
    return views


def _attach(clauses: list[ClauseView], teachings: list[Teaching]) -> None:
    """Put every item beside the clause it rests on: by the clause as it stands, or as it was quoted."""
    by_eid = {(view.provision.expression_id, view.provision.eid): view for view in clauses}
    for teaching in teachings:
        for quoted in (teaching.link.standing, teaching.link.provision):
            if quoted is None:
                continue
            eid = quoted.eid if quoted.is_clause else clause_eid(quoted.eid)
            view = by_eid.get((quoted.expression_id, eid))
            if view is not None:
                view.teachings.append(teaching)
                break
