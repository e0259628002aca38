"""People looked for by what somebody typed."""

from __future__ import annotations

from django.db.models import Q

from portal.writing import code_form, name_key, plain

from .models import IdentityChange


def called(text: str, to_person: str = "") -> Q:
    """Condition: the person's name or login name, now or formerly, holds the text, however it was typed.

    `to_person` leads from the row to the person (`user__`). The name itself is asked too, for rows older than its key.
    """
    wanted, key, code = plain(text), name_key(text), code_form(text)
    former = Q(before__icontains=wanted) | Q(before__icontains=code)
    condition = Q(**{f"{to_person}name__icontains": wanted}) | Q(**{f"{to_person}username__icontains": code})
    condition |= Q(**{f"{to_person}pk__in": IdentityChange.objects.filter(former).values("user")})
    return condition | Q(**{f"{to_person}name_key__contains": key}) if key else condition
