"""Tags of policies, their clauses and the glossary."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from portal.knowledge.citations import citation, quotation
from portal.knowledge.glossing import Glossing
from portal.knowledge.models import PolicyStatus, PolicyWork
from portal.knowledge.parsing.wording import SourceProblem
from portal.knowledge.queries import (
    ClauseView,
    LinkedClause,
    PolicyView,
    clauses_behind,
    glossary,
    region_name,
)
from portal.knowledge.sources import sentence_of
from portal.pages.queries import spoken_language

register = template.Library()

TAGS: dict[str, str] = {
    PolicyStatus.IN_FORCE: "success",
    PolicyStatus.AMENDED: "warning",
    PolicyStatus.REPEALED: "danger",
    PolicyStatus.NOT_YET: "progress",
}


@register.filter
def problem_sentence(problem: SourceProblem) -> str:
    """Return what is wrong with a file that is to be taken in."""
    return sentence_of(problem)


class GlossedNode(template.Node):
    """What stands between the tags, with its terms explained."""

    def __init__(self, inside: template.NodeList) -> None:
        self.nodelist = inside

    def render(self, context: template.Context) -> SafeString:
        """Explain each term once per page, however many of these tags it has."""
        request = context.get("request")
        kept: dict[str, Any] = request.__dict__ if request is not None else {}
        glossing: Glossing | None = kept.get("_chengxue_glossing")
        if glossing is None:
            glossing = kept["_chengxue_glossing"] = Glossing(glossary(spoken_language()))
        return glossing.mark(self.nodelist.render(context))


@register.tag
def glossed(parser: template.base.Parser, token: template.base.Token) -> GlossedNode:
    """{% glossed %}…{% endglossed %}: terms of the glossary carry their meaning."""
    inside = parser.parse(("endglossed",))
    parser.delete_first_token()
    return GlossedNode(inside)


@register.filter
def status_tag(status: str) -> str:
    """State of the tag that shows the force of a policy."""
    return TAGS.get(status, "")


@register.filter
def region_label(work: PolicyWork) -> str:
    """Return where the policy applies."""
    return region_name(work.region)


@register.simple_tag
def cite(view: PolicyView, clause: ClauseView) -> str:
    """Return the clause as a citation."""
    assert view.expression is not None  # a clause has a text
    return citation(view.work, view.expression, clause.number)


@register.filter
def quoting(cited: str, clause: ClauseView) -> str:
    """Return a citation with the words of the clause."""
    return quotation(cited, clause.provision.text)


@register.simple_tag
def clauses_of_lesson(lesson: Any) -> list[LinkedClause]:
    """Clauses that a lesson rests on."""
    return clauses_behind("lesson_block", [lesson.uuid])


@register.simple_tag
def clauses_of_item(kind: str, item: Any) -> list[LinkedClause]:
    """Clauses that an item rests on."""
    return clauses_behind(kind, [item.uuid])


@register.filter
def stale_ones(clauses: list[LinkedClause]) -> list[LinkedClause]:
    """Those of the clauses that changed since they were quoted."""
    return [clause for clause in clauses if clause.is_stale]
