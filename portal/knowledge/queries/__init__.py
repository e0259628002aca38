"""Reading policies, their texts at a date, and what rests on their clauses."""

from .comparing import ClauseChange, compare_texts
from .finding import current_of, expression_at, find_work, same_number
from .glossary import Gloss, glossary
from .listing import policies_of, years_of
from .policy_page import ClauseView, PolicyView, policy_view
from .regions import region_name
from .replacing import replacements_of
from .teaching import LinkedClause, Teaching, clauses_behind, is_stale_target, teachings_of

__all__ = [
    "ClauseChange",
    "ClauseView",
    "Gloss",
    "LinkedClause",
    "PolicyView",
    "Teaching",
    "clauses_behind",
    "compare_texts",
    "current_of",
    "expression_at",
    "find_work",
    "glossary",
    "policies_of",
    "policy_view",
    "region_name",
    "replacements_of",
    "is_stale_target",
    "same_number",
    "teachings_of",
    "years_of",
]
