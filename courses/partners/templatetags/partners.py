"""Tags of a partner's page."""

from __future__ import annotations

from django import template
from django.utils import timezone

from courses.partners.models import PartnerPage, PartnerProgram
from courses.partners.queries import programs_on

register = template.Library()


@register.simple_tag
def running_programs(page: PartnerPage) -> list[tuple[PartnerProgram, str]]:
    """Return programs in force today, each with its name in the language of the page."""
    is_english = page.locale.language_code == "en"
    programs = programs_on(page.partner, timezone.localdate())
    return [(program, (program.name_en if is_english else "") or program.name) for program in programs]


@register.simple_tag
def partner_introduction(page: PartnerPage) -> str:
    """Return what the partner says of itself in the language of the page."""
    is_english = page.locale.language_code == "en"
    return (page.partner.introduction_en if is_english else "") or page.partner.introduction
