"""Screens on which the staff keeps the words of the search. They count two seconds after they are saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from search.models import BestBet, Polyphone, SearchEntry, Synonym


class SynonymForm(WagtailAdminModelForm):
    """At least two words."""

    def clean_words(self) -> str:
        """Return the words, one per line."""
        lines = [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]
        if len(set(lines)) < 2:
            raise ValidationError(_("Write at least two different words, each on a line of its own."))
        return "\n".join(dict.fromkeys(lines))


class BestBetForm(WagtailAdminModelForm):
    """An entry that is there; its page's address will do as well as its key."""

    entry_key = forms.CharField(
        label=_("entry"), max_length=400, help_text=_("Address of the page that comes first, as the browser shows it.")
    )

    def clean_entry_key(self) -> str:
        """Return the entry's key."""
        asked: str = self.cleaned_data["entry_key"].strip()
        path = "/" + asked.partition("://")[2].partition("/")[2] if "://" in asked else asked
        entry = SearchEntry.objects.filter(key=asked).first() or SearchEntry.objects.filter(url=path).first()
        if entry is None:
            raise ValidationError(_("Nothing that can be found has this address. Copy it from the page itself."))
        return str(entry.key)


class SynonymViewSet(SnippetViewSet):
    """Words that mean the same."""

    model = Synonym
    icon = "link"
    menu_label = _("Synonyms")
    list_display = ["__str__", BooleanColumn("is_one_way", label=_("one way"), sort_key="is_one_way"), "updated_at"]
    ordering = ["pk"]
    search_fields = ["words"]
    search_backend_name = None
    copy_view_enabled = False
    edit_handler = ObjectList([FieldPanel("words"), FieldPanel("is_one_way")], base_form_class=SynonymForm)


class BestBetViewSet(SnippetViewSet):
    """Entries that come first."""

    model = BestBet
    icon = "pick"
    menu_label = _("Best bets")
    list_display = ["__str__", "position", "updated_at"]
    ordering = ["position", "pk"]
    search_fields = ["queries", "entry_key"]
    search_backend_name = None
    copy_view_enabled = False
    edit_handler = ObjectList(
        [FieldPanel("queries"), FieldPanel("entry_key"), FieldPanel("position")], base_form_class=BestBetForm
    )


class PolyphoneViewSet(SnippetViewSet):
    """Readings that the dictionary does not know."""

    model = Polyphone
    icon = "openquote"
    menu_label = _("Readings")
    list_display = ["word", "reading", "updated_at"]
    ordering = ["word"]
    search_fields = ["word", "reading"]
    search_backend_name = None
    copy_view_enabled = False
    panels = [FieldPanel("word"), FieldPanel("reading")]


class WordsGroup(SnippetViewSetGroup):
    """The words of the search."""

    items = (SynonymViewSet, BestBetViewSet, PolyphoneViewSet)
    menu_icon = "search"
    menu_label = _("Words of the search")
    menu_name = "search_words"
    menu_order = 180


register_snippet(WordsGroup)

__all__: list[Any] = ["WordsGroup"]
