"""Sentences of notices by kind. A notice keeps its kind and facts, so that each reader reads it in the own language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Template = str | Promise

_templates: dict[str, Template] = {}


def register_notice(kind: str, template: Template) -> None:
    """This will let notices of `kind` be read: `template` is a lazy translation with `%(name)s` places for params."""
    _templates[kind] = template


def is_registered(kind: str) -> bool:
    """Whether somebody registered a sentence for the kind."""
    return kind in _templates


def sentence(kind: str, params: Mapping[str, Any]) -> str:
    """The notice in the active language; a plain fallback for a kind whose app is gone or a fact that is missing."""
    template = _templates.get(kind)
    if template is None:
        return _("Something that concerns you has changed.")
    try:
        return str(template) % params
    except (KeyError, TypeError, ValueError):
        return _("Something that concerns you has changed.")
