"""Pages of policies: for readers, and for those who look after them."""

from .editors import import_text, review, reviews
from .readers import compare, glossary_page, history, policies, policy

__all__ = ["compare", "glossary_page", "history", "import_text", "policies", "policy", "review", "reviews"]
