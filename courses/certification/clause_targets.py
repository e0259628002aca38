"""Certifications as what may rest on a clause."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone

from courses.catalog.queries import pages_of_courses
from courses.partners.queries import owners_of_programs
from portal.knowledge.registry import TargetCard, TargetRef
from portal.pages.queries import address_of

from .models import Certification

KIND = "certification"


def resolve_certifications(refs: Collection[TargetRef], user: Any, language: str) -> dict[TargetRef, TargetCard]:
    """Cards of certifications; they lead to the course that earns them."""
    rows = Certification.objects.filter(uuid__in={ref.uuid for ref in refs}).select_related("course", "program")
    found = {row.uuid: row for row in rows}
    pages = pages_of_courses([row.course for row in found.values()], language)
    owners = owners_of_programs([row.program for row in found.values() if row.program], timezone.localdate())
    cards = {}
    for ref in refs:
        row = found.get(ref.uuid)
        if row is not None:
            page = pages.get(row.course_id)
            cards[ref] = TargetCard(
                title=(row.name_en if language == "en" else "") or row.name,
                url=address_of(page) if page is not None else "",
                context=row.course.title_in(language),
                owner_ids=owners.get(row.program_id or 0, ()),
            )
    return cards


def certification_choices() -> Iterable[tuple[TargetRef, str]]:
    """Every certification."""
    return [(TargetRef(KIND, row.uuid), row.name) for row in Certification.objects.order_by("name", "pk")]
