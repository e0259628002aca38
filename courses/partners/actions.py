"""Writes of partners and programs. Their pages and their authors' rights follow in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Page

from portal.audit.actions import record
from portal.organizations.models import Organization
from portal.users.models import User
from portal.users.signals import access_reduced, grants_changed

from .groups import authors_of, sync_program_pages
from .models import Partner, PartnerPage, PartnerProgram


@dataclass(frozen=True)
class ProgramTerms:
    """What a program's agreement says."""

    name: str
    start_date: date
    signatory_name: str
    signatory_title: str
    end_date: date | None = None
    name_en: str = ""


@transaction.atomic
def create_partner(
    *, code: str, organization: Organization, name: str, texts: Mapping[str, str], by: User | None, at: datetime
) -> Partner:
    """Make a partner; `texts` may hold name_en, introduction and introduction_en."""
    partner = Partner.objects.create(code=code, organization=organization, name=name, **texts)
    record(by=by, at=at, event="partners.partner_created", target=partner)
    return partner


@transaction.atomic
def change_partner(*, partner: Partner, fields: Mapping[str, Any], by: User | None, at: datetime) -> Partner:
    """Change a partner's row; its pages keep their own words."""
    for name, value in fields.items():
        setattr(partner, name, value)
    partner.save()
    record(by=by, at=at, event="partners.partner_changed", target=partner, details={"fields": sorted(fields)})
    return partner


@transaction.atomic
def create_program(
    *, partner: Partner, code: str, terms: ProgramTerms, by: User | None, at: datetime
) -> PartnerProgram:
    """Make a program and its authors' groups."""
    program = PartnerProgram.objects.create(partner=partner, code=code, **vars(terms))
    sync_program_pages(program)
    record(by=by, at=at, event="partners.program_created", target=program, details=_dates(program))
    return program


@transaction.atomic
def change_program(*, program: PartnerProgram, terms: ProgramTerms, by: User | None, at: datetime) -> PartnerProgram:
    """Change a program's terms; the rights of its authors follow at once."""
    was_running = PartnerProgram.objects.in_force(timezone.localdate(at)).filter(pk=program.pk).exists()
    for name, value in vars(terms).items():
        setattr(program, name, value)
    program.save()
    record(by=by, at=at, event="partners.program_changed", target=program, details=_dates(program))
    is_running = PartnerProgram.objects.in_force(timezone.localdate(at)).filter(pk=program.pk).exists()
    for user in authors_of(program):
        grants_changed.send(sender=PartnerProgram, user=user, at=at)
        if was_running and not is_running:
            access_reduced.send(sender=PartnerProgram, user=user, reason="role_ended", at=at)
    return program


@transaction.atomic
def make_partner_page(*, partner: Partner, index: Page, translated_index: Page | None = None) -> PartnerPage:
    """Make the partner's page below the catalog, and its English twin below the English one; drafts."""
    page = PartnerPage(title=partner.name, slug=slugify(partner.code), partner=partner, locale=index.locale, live=False)
    index.add_child(instance=page)
    page.save_revision()
    if translated_index is not None:
        twin = page.copy_for_translation(translated_index.locale)
        twin.title = twin.draft_title = partner.name_en or partner.name
        twin.save()
        twin.save_revision()
    return page


def _dates(program: PartnerProgram) -> dict[str, str]:
    return {"start": str(program.start_date), "end": str(program.end_date or "")}
