"""Writes of policies, links and reviews."""

from .importing import ImportUnderWay, Outcome, Source, import_source, import_sources, importing_alone, plan_source
from .linking import LinkRefused, make_link, withdraw_link
from .relating import relate_texts
from .reviewing import decide_review

__all__ = [
    "ImportUnderWay",
    "LinkRefused",
    "Outcome",
    "Source",
    "decide_review",
    "import_source",
    "import_sources",
    "importing_alone",
    "make_link",
    "plan_source",
    "relate_texts",
    "withdraw_link",
]
