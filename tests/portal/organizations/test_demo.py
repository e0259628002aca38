"""The demo province: everybody can really sign in, nothing is lost by a second run."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import authenticate

from portal.installation.paths import Paths
from portal.organizations.demo import PEOPLE, seed
from portal.organizations.models import Region
from portal.organizations.queries import access_people_for
from portal.users.models import User
from portal.users.rights import lacks_second_factor, roles_of
from tests.people import AT

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def test_demo_people_can_sign_in_and_a_second_run_keeps_them(tmp_path: Path) -> None:
    paths = replace(Paths.from_environment(), var=tmp_path)

    people = seed(at=AT, paths=paths)
    written = paths.demo_accounts.read_bytes()
    again = seed(at=AT, paths=paths)

    assert set(people.users) == {person.username for person in PEOPLE}
    assert again.users == people.users
    assert paths.demo_accounts.read_bytes() == written
    assert stat.S_IMODE(paths.demo_accounts.stat().st_mode) == 0o600
    for account in json.loads(written):
        user = authenticate(username=account["username"].upper(), password=account["password"])
        assert user == people.users[account["username"]]
        if account["totp_secret"]:
            totp = TOTP(Authenticator.objects.get(user=user, type="totp"))
            counter = next(iter(yield_hotp_counters_from_time()))
            assert totp.validate_code(format_hotp_value(hotp_value(account["totp_secret"], counter)))
        assert not lacks_second_factor(user, TODAY)


def test_county_officer_sees_own_county_only(tmp_path: Path) -> None:
    people = seed(at=AT, paths=replace(Paths.from_environment(), var=tmp_path))

    seen = set(access_people_for(people.users["zhao.lei"], TODAY).values_list("username", flat=True))
    all_seen = access_people_for(people.users["chen.jing"], TODAY).count()

    assert seen == {"zhao.lei", "zhou.min"}
    assert all_seen == len(PEOPLE)
    assert roles_of(people.users["sun.qiang"], TODAY) == {"administrator"}


def test_a_lost_file_does_not_touch_accounts(tmp_path: Path) -> None:
    paths = replace(Paths.from_environment(), var=tmp_path)
    seed(at=AT, paths=paths)
    before = dict(User.objects.values_list("username", "password"))
    paths.demo_accounts.unlink()

    seed(at=AT, paths=paths)

    assert dict(User.objects.values_list("username", "password")) == before
    assert not paths.demo_accounts.exists()


def test_regions_are_whole(tmp_path: Path) -> None:
    seed(at=AT, paths=replace(Paths.from_environment(), var=tmp_path))

    assert Region.objects.filter(level="county", code__startswith="61").count() == 107
    assert Region.objects.filter(level="city", code__startswith="61").count() == 10
    assert not Region.objects.get(code="419000").is_selectable
    assert Region.objects.get(code="610116").name == "长安区"
