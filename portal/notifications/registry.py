"""Sentences of notices by kind. A notice keeps its kind and facts, so that each reader reads it in the own language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from search.plugging import Registry

Template = str | Promise

Words = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Facts of a notice as its reader reads them: codes as words, days in the reader's form."""

_templates: Registry[str, Template] = Registry("notice")
_words: Registry[str, Words] = Registry("words of a notice")


def register_notice(kind: str, template: Template, words: Words | None = None) -> None:
    """Let notices of `kind` be read: `template` is a lazy translation with `%(name)s` places for params.

    `words` says facts that are kept as codes in the active language.
    """
    _templates.register(kind, template)
    if words is not None:
        _words.register(kind, words)


def is_registered(kind: str) -> bool:
    """Return whether somebody registered a sentence for the kind."""
    return kind in _templates


def sentence(kind: str, params: Mapping[str, Any]) -> str:
    """Return the notice in the active language; a plain fallback for a kind whose app is gone or a
    fact that is missing."""
    template = _templates.get(kind)
    if template is None:
        return _("Something that concerns you has changed.")
    try:
        said = _words[kind](params) if kind in _words else params
        return str(template) % said
    except (KeyError, TypeError, ValueError):
        return _("Something that concerns you has changed.")
