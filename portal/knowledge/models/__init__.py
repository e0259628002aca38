"""Policies and their clauses, the words that explain them, and what in the courses rests on them."""

from .links import LinkState, ProvisionLink, ReviewDecision, ReviewTask
from .terms import GlossaryTerm
from .texts import PolicyExpression, Provision, ProvisionKind
from .works import PolicyLevel, PolicyRelation, PolicyStatus, PolicyTheme, PolicyWork, RelationKind

__all__ = [
    "GlossaryTerm",
    "LinkState",
    "PolicyExpression",
    "PolicyLevel",
    "PolicyRelation",
    "PolicyStatus",
    "PolicyTheme",
    "PolicyWork",
    "Provision",
    "ProvisionKind",
    "ProvisionLink",
    "RelationKind",
    "ReviewDecision",
    "ReviewTask",
]
