"""People looked for by what somebody typed."""

from __future__ import annotations

from django.db.models import Q

from portal.writing import code_form, name_key, plain


def called(text: str, to_person: str = "") -> Q:
    """Condition: the person's name or login name holds the text, however it was typed.

    `to_person` leads from the row to the person (`user__`). The name itself is asked too, for rows older than its key.
    """
    wanted, key = plain(text), name_key(text)
    condition = Q(**{f"{to_person}name__icontains": wanted}) | Q(**{f"{to_person}username__icontains": code_form(text)})
    return condition | Q(**{f"{to_person}name_key__contains": key}) if key else condition
