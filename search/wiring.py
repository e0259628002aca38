"""What the search needs at start: its checks, and words of the staff that count as soon as they are saved."""

from __future__ import annotations

from django.db.models.signals import post_delete, post_save

from search import checks  # noqa: F401  (registers the checks)
from search.models import BestBet, Polyphone, Synonym
from search.queries.words import forget_words

for model in (BestBet, Polyphone, Synonym):
    post_save.connect(forget_words, sender=model, dispatch_uid=f"search.words.{model.__name__}.saved")
    post_delete.connect(forget_words, sender=model, dispatch_uid=f"search.words.{model.__name__}.deleted")
