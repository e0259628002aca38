"""Words that the staff keeps: synonyms, best bets, readings of characters. Read with every query, never indexed."""

from __future__ import annotations

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import RevisionMixin


class Synonym(RevisionMixin, models.Model):
    """Words that mean the same: whoever searches one finds all. One-way: the first is also found by the others' names."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    words = models.TextField(_("words"), help_text=_("One word or phrase per line; at least two."))
    is_one_way = models.BooleanField(
        _("one way"),
        default=False,
        help_text=_("Only the first word is replaced by the others, as with an abbreviation."),
    )
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        return " = ".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """The words, without blank lines."""
        return [line.strip() for line in self.words.splitlines() if line.strip()]


class BestBet(RevisionMixin, models.Model):
    """An entry that the staff puts first for certain queries."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    queries = models.TextField(
        _("queries"), help_text=_("One query per line, compared without regard to case and width.")
    )
    entry_key = models.CharField(_("entry"), max_length=160, help_text=_("Key of the entry that comes first."))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("best bet")
        verbose_name_plural = _("best bets")

    def __str__(self) -> str:
        return f"{self.queries.splitlines()[0] if self.queries else ''} → {self.entry_key}"

    @property
    def lines(self) -> list[str]:
        """The queries, without blank lines."""
        return [line.strip() for line in self.queries.splitlines() if line.strip()]


class Polyphone(RevisionMixin, models.Model):
    """How a word is read where the dictionary reads it otherwise: 重庆 is chong qing."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    word = models.CharField(_("word"), max_length=40, unique=True)
    reading = models.CharField(
        _("reading"),
        max_length=200,
        validators=[RegexValidator(r"^[a-z]+( [a-z]+)*$", _("Syllables in small letters, parted by blanks."))],
        help_text=_("One syllable per character, without tones: chong qing."),
    )
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")

    def __str__(self) -> str:
        return f"{self.word} {self.reading}"
