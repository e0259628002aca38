"""Django configuration of this app."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _

from search import checks  # noqa: F401  (registers the checks)


class SearchConfig(AppConfig):
    """Entries and engines of the search box."""

    name = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        """Have words of the staff count as soon as they are saved."""
        from search.models import BestBet, Polyphone, Synonym
        from search.queries.words import forget_words

        for model in (BestBet, Polyphone, Synonym):
            post_save.connect(forget_words, sender=model, dispatch_uid=f"search.words.{model.__name__}.saved")
            post_delete.connect(forget_words, sender=model, dispatch_uid=f"search.words.{model.__name__}.deleted")
