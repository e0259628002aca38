"""Reading partners and programs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from portal.users.models import Role, RoleGrant, ScopeKind, User
from portal.users.rights import grants_in_force, has_role

from .models import Partner, PartnerPage, PartnerProgram

AUTHORS = (Role.INSTRUCTOR, Role.LAB_AUTHOR)
"""Roles that author within a program."""


def program_label(program_uuid: uuid.UUID) -> str | None:
    """Name of a program, for the scope of a grant."""
    return PartnerProgram.objects.filter(uuid=program_uuid).values_list("name", flat=True).first()


def program_choices() -> list[tuple[uuid.UUID, str]]:
    """Return programs that a form for grants offers."""
    return list(PartnerProgram.objects.order_by("name", "pk").values_list("uuid", "name"))


def ended_programs(on: date) -> QuerySet[PartnerProgram, uuid.UUID]:
    """uuids of programs that do not run on the day; grants for them do not count."""
    running = PartnerProgram.objects.in_force(on).values("pk")
    return PartnerProgram.objects.exclude(pk__in=running).values_list("uuid", flat=True)


def access_programs_for(user: User, on: date, *roles: str) -> QuerySet[PartnerProgram]:
    """Return programs in which the user holds one of the roles (authors' by default); administrators: all."""
    if has_role(user, Role.ADMINISTRATOR, on=on):
        return PartnerProgram.objects.all()
    grants = grants_in_force(user, on).filter(role__in=roles or AUTHORS, scope_kind=ScopeKind.PROGRAM)
    return PartnerProgram.objects.in_force(on).filter(uuid__in=grants.values("scope_uuid"))


def access_partners_for(user: User, on: date) -> QuerySet[Partner]:
    """Partners of whose programs the user is an author; administrators: all."""
    if has_role(user, Role.ADMINISTRATOR, on=on):
        return Partner.objects.all()
    return Partner.objects.filter(programs__in=access_programs_for(user, on)).distinct()


def partner_page(partner: Partner, language: str) -> PartnerPage | None:
    """Return the page of a partner in a language."""
    return PartnerPage.objects.filter(partner=partner, locale__language_code=language).order_by("pk").first()


def programs_on(partner: Partner, on: date) -> QuerySet[PartnerProgram]:
    """Return programs of a partner that run on the day."""
    return partner.programs.in_force(on).order_by("start_date", "pk")


def owners_of_programs(programs: Iterable[PartnerProgram], on: date) -> dict[int, tuple[int, ...]]:
    """Ids of those who author in programs on the day, by program id; one query."""
    ids = {program.uuid: program.pk for program in programs}
    grants = RoleGrant.objects.in_force(on).filter(scope_kind=ScopeKind.PROGRAM, scope_uuid__in=ids, role__in=AUTHORS)
    found: dict[int, set[int]] = {}
    for scope_uuid, user_id in grants.values_list("scope_uuid", "user_id"):
        found.setdefault(ids[scope_uuid], set()).add(user_id)
    return {program_id: tuple(sorted(users)) for program_id, users in found.items()}
