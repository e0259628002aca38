"""Pages of policies: for readers, and for those who look after them."""

from .desk import import_text, review, reviews
from .reading import compare, glossary_page, history, policies, policy

__all__ = ["compare", "glossary_page", "history", "import_text", "policies", "policy", "review", "reviews"]
