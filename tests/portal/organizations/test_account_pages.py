"""What the pages of personnel officers say: who never came, how long a slip holds, which places fit, where units lead."""

from __future__ import annotations

from portal.organizations.models import Organization
from portal.users.models import User
from tests.people import AT, Province
from tests.portal.organizations.test_views import browser_of


def test_who_has_never_signed_in_is_marked_so(world: Province, outsider: User, hr_county: User) -> None:
    page = browser_of(hr_county).get("/personnel/", {"state": "new"}).content.decode()

    line = page.partition(outsider.username)[2].partition("</tr>")[0]
    assert "尚未登录" in line and "账号正常" not in line


def test_the_slip_is_printed_by_a_button_and_says_its_end_as_other_pages_do(outsider: User, hr_county: User) -> None:
    page = browser_of(hr_county).post(f"/personnel/{outsider.uuid}/slip/").content.decode()

    assert "data-print data-needs-script hidden" in page
    assert "<time" in page.partition('class="secret"')[2]


def test_the_hint_of_places_left_out_counts_those_that_fit(
    world: Province, outsider: User, administrator: User
) -> None:
    for number in range(20):
        Organization.objects.create(
            code=f"X-{number}",
            name=f"另一单位{number}",
            kind="department",
            region=world.county_a,
            path=f"9{number:05d}/",
            created_at=AT,
        )
    address = f"/personnel/{outsider.uuid}/roles/new/"

    everything = browser_of(administrator).get(address, {"role": "learner"}).context["form"]
    narrowed = browser_of(administrator).get(address, {"role": "learner", "find": "长安区"}).context["form"]

    assert everything.left_out > 0
    assert narrowed.left_out == 0 and narrowed.shown


def test_a_personnel_officer_opens_the_people_of_a_unit_from_the_tree(world: Province, hr_county: User) -> None:
    page = browser_of(hr_county).get("/organizations/").content.decode()

    assert f'href="/personnel/?organization={world.department_b.uuid}"' in page
