"""The first administrator of an installation without demo data."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portal.organizations.models import Organization
from portal.organizations.queries import managed_people_for
from portal.users.actions import deactivate_user
from portal.users.models import RoleGrant, User
from tests.people import AT, Province

pytestmark = pytest.mark.django_db
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


def create(*arguments: str) -> str:
    """Return what the command says."""
    said = StringIO()
    call_command("create_administrator", *arguments, stdout=said)
    return said.getvalue()


def code_in(said: str) -> str:
    """Return the one code in it."""
    found = CODE.findall(said)
    assert len(found) == 1
    return str(found[0])


def test_an_empty_installation_gets_its_administrator_who_can_sign_in(client: Client) -> None:
    assert create("--is-needed").strip() == "yes"

    code = code_in(create("zhang.san", "--name", "张三"))
    page = client.post(
        "/accounts/first-login/",
        {"username": "zhang.san", "code": code, "password": "an-unusual-phrase", "repeated": "an-unusual-phrase"},
    )

    user = User.objects.get(username="zhang.san")
    assert page.status_code == 302, page.context["form"].errors
    assert user.check_password("an-unusual-phrase")
    grant = RoleGrant.objects.get(user=user)
    assert (grant.role, grant.scope_kind) == ("administrator", "province")
    assert user.job_assignments.get().organization == Organization.objects.get(code="PLATFORM")
    assert managed_people_for(user, grant.start_date).filter(pk=user.pk).exists()
    assert create("--is-needed").strip() == "no"


def test_the_unit_is_named_by_option_or_taken_when_it_is_there(world: Province) -> None:
    create("zhang.san", "--name", "张三", "--organization", "CA-DSJ")

    assert User.objects.get(username="zhang.san").job_assignments.get().organization == world.department_a


def test_it_works_once_and_then_says_whom_to_ask(administrator: User) -> None:
    with pytest.raises(CommandError, match=r"孙强 \(sun\.qiang\)"):
        create("zhang.san", "--name", "张三")

    assert not User.objects.filter(username="zhang.san").exists()


def test_a_code_that_was_never_used_can_be_replaced_by_nobody_else() -> None:
    first = code_in(create("zhang.san", "--name", "张三"))

    second = code_in(create("zhang.san", "--name", "张三"))
    with pytest.raises(CommandError, match="zhang"):
        create("li.si", "--name", "李四")

    assert first != second
    assert User.objects.count() == 1


def test_a_deactivated_administrator_counts_no_longer(administrator: User) -> None:
    deactivate_user(user=administrator, by=None, at=AT)

    assert create("--is-needed").strip() == "yes"
    code_in(create("zhang.san", "--name", "张三"))


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("zhang.san",),
        ("13912345678", "--name", "张三"),
        ("zhang.san", "--name", "张三", "--region", "999999"),
        ("zhang.san", "--name", "张三", "--position", "NONE"),
    ],
)
def test_what_cannot_work_is_refused_and_leaves_nothing(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        create(*arguments)

    assert not User.objects.exists()
    assert not Organization.objects.exists()
