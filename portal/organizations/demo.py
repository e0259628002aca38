"""The demo province's units and people. Their passwords and second factors are random and of this installation only."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from portal.installation.paths import Paths
from portal.users.actions import create_user, grant_role
from portal.users.models import STAFF_ROLES, Role, ScopeKind, User

from .actions import assign_job, create_organization, load_positions, load_regions
from .models import Organization, Position, Region

START = date(2026, 1, 1)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo province; `roles` are pairs of role and place, a place being `kind:code`."""

    username: str
    name: str
    organization: str
    position: str
    roles: tuple[tuple[str, str], ...]

    @property
    def is_staff(self) -> bool:
        """Whether a role asks for a second factor."""
        return any(role in STAFF_ROLES for role, _ in self.roles)


@dataclass(frozen=True)
class DemoPeople:
    """What the next seeds build on."""

    users: Mapping[str, User]
    organizations: Mapping[str, Organization]
    province: Region


UNITS = (
    # code, name, kind, region, parent
    ("SX-SJJ", "陕西省数据和政务服务局", "department", "610000", None),
    ("SX-ZZB", "陕西省干部教育培训中心", "department", "610000", None),
    ("SX-ZHJD", "陕西省智慧城市实训基地", "training_base", "610100", "SX-SJJ"),
    ("XC-SJJ", "新城区数据局", "department", "610102", None),
    ("XC-RSJ", "新城区人力资源和社会保障局", "department", "610102", None),
    ("CA-SJJ", "长安区数据局", "department", "610116", None),
    ("CA-JTZD", "长安区城市运行管理中心", "department", "610116", "CA-SJJ"),
    ("CHD", "长安大学", "university", "610100", None),
)
SHAANXI, XINCHENG, CHANGAN = "province:610000", "region:610102", "region:610116"
PROGRAM = "program:chd-2026"
PEOPLE = (
    DemoPerson("sun.qiang", "孙强", "SX-SJJ", "ZJ-GJ", (("administrator", SHAANXI),)),
    DemoPerson("chen.jing", "陈静", "SX-ZZB", "GW-XCZ", (("hr", SHAANXI),)),
    DemoPerson("zhao.lei", "赵磊", "XC-RSJ", "GW-XKZ", (("hr", XINCHENG),)),
    DemoPerson("li.wei", "李伟", "CA-SJJ", "GW-XKZ", (("learner", CHANGAN),)),
    DemoPerson("wang.fang", "王芳", "CA-JTZD", "ZJ-ZJ", (("learner", CHANGAN),)),
    DemoPerson("zhou.min", "周敏", "XC-SJJ", "ZJ-CJ", (("learner", XINCHENG),)),
    DemoPerson("zhang.jun", "张军", "CHD", "ZJ-FJS", (("instructor", PROGRAM), ("lab_author", PROGRAM))),
    DemoPerson("he.ping", "何平", "SX-SJJ", "ZJ-GJ", (("data_steward", SHAANXI),)),
    DemoPerson("lin.tao", "林涛", "SX-SJJ", "ZJ-GJ", (("privacy_officer", SHAANXI),)),
    DemoPerson("xu.yan", "许燕", "SX-SJJ", "GW-XKZ", (("policy_editor", SHAANXI),)),
    DemoPerson("qian.hua", "钱华", "SX-SJJ", "GW-XCZ", (("auditor", SHAANXI),)),
)


def seed(*, at: datetime, paths: Paths) -> DemoPeople:
    """Make the demo province's units and people; those that are there are kept, and so is the accounts' file.

    Roles in a program are given by the seed that makes the program.
    """
    load_regions(by=None, at=at)
    load_positions(by=None, at=at)
    units = _make_units(at)
    accounts = _write_accounts(paths.demo_accounts, units)
    with transaction.atomic():
        for person in PEOPLE:
            if not User.objects.filter(username=person.username).exists():
                _make_person(person, units[person.organization], accounts[person.username], at)
    users = {user.username: user for user in User.objects.filter(username__in=[p.username for p in PEOPLE])}
    return DemoPeople(users, units, Region.objects.get(code="610000"))


@transaction.atomic
def _make_units(at: datetime) -> dict[str, Organization]:
    units = {unit.code: unit for unit in Organization.objects.filter(code__in=[row[0] for row in UNITS])}
    for code, name, kind, region, parent in UNITS:
        if code not in units:
            units[code] = create_organization(
                code=code,
                name=name,
                kind=kind,
                region=Region.objects.get(code=region),
                parent=units[parent] if parent else None,
                by=None,
                at=at,
            )
    return units


def _write_accounts(file: Path, units: Mapping[str, Organization]) -> dict[str, dict[str, Any]]:
    """Credentials of everybody: kept where the file has them; written before the accounts, so that none is lost."""
    known = json.loads(file.read_text("utf-8")) if file.is_file() else []
    accounts = {account["username"]: account for account in known}
    present = set(User.objects.values_list("username", flat=True))
    for person in PEOPLE:
        if person.username not in accounts and person.username not in present:
            accounts[person.username] = {
                "username": person.username,
                "password": secrets.token_urlsafe(12),
                "totp_secret": generate_totp_secret() if person.is_staff else None,
                "name": person.name,
                "roles": [{"role": role, "scope": place} for role, place in person.roles],
                "organization": units[person.organization].name,
            }
    if len(accounts) > len(known):
        scratch = file.with_suffix(".new")
        scratch.unlink(missing_ok=True)
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as output:
            json.dump(list(accounts.values()), output, ensure_ascii=False, indent=1)
        scratch.replace(file)
    return accounts


def _make_person(person: DemoPerson, unit: Organization, account: Mapping[str, Any], at: datetime) -> None:
    user = create_user(username=person.username, name=person.name, password=account["password"], by=None, at=at)
    position = Position.objects.get(code=person.position)
    assign_job(user=user, organization=unit, position=position, start_date=START, by=None, at=at)
    for role, place in person.roles:
        kind, _, code = place.partition(":")
        if kind in (ScopeKind.PROVINCE, ScopeKind.REGION):
            scope_uuid = Region.objects.get(code=code).uuid
            grant_role(
                user=user, role=Role(role), scope_kind=kind, scope_uuid=scope_uuid, start_date=START, by=None, at=at
            )
    if account["totp_secret"]:
        TOTP.activate(user, account["totp_secret"])
        RecoveryCodes.activate(user)
