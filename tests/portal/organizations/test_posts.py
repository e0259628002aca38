"""Transfers: shown first, seen while they lie ahead, cancelled, corrected; the learner's role follows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.organizations.actions import assign_job, cancel_planned_post, correct_post, undo_transfer
from portal.organizations.actions.roles import follow_posts_that_began
from portal.organizations.models import JobAssignment
from portal.organizations.queries import newest_post, people_whose_role_stayed_behind, posts_of
from portal.users.models import RoleGrant, User
from tests.people import Province
from tests.portal.organizations.test_views import browser_of


@pytest.fixture
def clerk(world: Province) -> User:
    """Return a person of county B whose learner's role names the unit."""
    person = world.person("clerk", "何洁", world.department_b)
    world.grant(person, "learner", "organization", world.department_b.uuid)
    return person


def learner_units(user: User) -> set[str]:
    grants = RoleGrant.objects.filter(user=user, role="learner", revoked_at__isnull=True)
    return {str(grant.scope_uuid) for grant in grants}


def test_a_planned_transfer_is_asked_said_seen_and_cancelled(world: Province, clerk: User, hr_province: User) -> None:
    officer, ahead = browser_of(hr_province), timezone.localdate() + timedelta(days=20)
    typed = {"organization": world.department_a.pk, "position": world.position.pk, "start_date": ahead.isoformat()}
    address = f"/personnel/{clerk.uuid}/post/"

    asked = officer.post(address, typed)
    assert "请确认" in asked.content.decode()
    assert clerk.job_assignments.count() == 1

    done = officer.post(address, {**typed, "confirmed": "yes"}, follow=True).content.decode()
    assert "已登记：何洁 自" in done
    assert "计划中" in done

    again = officer.post(address, {**typed, "start_date": timezone.localdate().isoformat(), "confirmed": "yes"})
    assert again.status_code == 400
    assert "请先取消或更正那次调任" in again.content.decode()

    assert "长安区数据局" in officer.get(f"/personnel/{clerk.uuid}/post/cancel/").content.decode()
    over = officer.post(f"/personnel/{clerk.uuid}/post/cancel/", follow=True).content.decode()
    assert "的安排已取消。在新城区数据局的岗位继续。" in over
    post = JobAssignment.objects.get(user=clerk)
    assert (post.organization, post.end_date) == (world.department_b, None)
    assert AuditEvent.objects.filter(event="organizations.planned_job_cancelled").count() == 1
    assert "没有计划中的调任" in officer.post(f"/personnel/{clerk.uuid}/post/cancel/", follow=True).content.decode()


def test_a_post_that_began_is_corrected_with_the_one_before_and_past_posts_are_seen(
    world: Province, clerk: User, hr_province: User
) -> None:
    today, officer = timezone.localdate(), browser_of(hr_province)
    job = assign_job(
        user=clerk, organization=world.department_a, position=world.position, start_date=today - timedelta(days=3),
        by=hr_province, at=timezone.now(),
    )  # fmt: skip
    typed = {
        "organization": world.university.pk,
        "position": world.position.pk,
        "start_date": (today - timedelta(days=9)).isoformat(),
        "reason": "录入有误",
    }

    page = officer.post(f"/personnel/{clerk.uuid}/post/correct/", typed, follow=True).content.decode()

    job.refresh_from_db()
    assert (job.organization, job.start_date) == (world.university, today - timedelta(days=9))
    former = JobAssignment.objects.exclude(pk=job.pk).get(user=clerk)
    assert former.end_date == today - timedelta(days=10)
    assert "曾任" in page
    assert "新城区数据局" in page
    assert learner_units(clerk) == {str(world.university.uuid)}
    early = officer.post(f"/personnel/{clerk.uuid}/post/correct/", {**typed, "start_date": "2020-01-01"})
    assert early.status_code == 400
    assert "前一岗位自" in early.content.decode()


def test_the_learners_role_follows_on_the_first_day_and_not_before(world: Province, clerk: User) -> None:
    now = timezone.now()
    ahead = timezone.localdate() + timedelta(days=20)
    assign_job(user=clerk, organization=world.department_a, position=world.position, start_date=ahead, by=None, at=now)
    follow_posts_that_began(now)
    assert learner_units(clerk) == {str(world.department_b.uuid)}

    for _ in range(2):
        follow_posts_that_began(now + timedelta(days=21))
    assert learner_units(clerk) == {str(world.department_a.uuid)}
    assert AuditEvent.objects.filter(event="users.role_moved", target_uuid=clerk.uuid).count() == 1


def test_a_learners_role_of_the_county_leaves_with_the_person_and_one_of_the_province_stays(
    world: Province, outsider: User
) -> None:
    now, ahead = timezone.now(), timezone.localdate() + timedelta(days=20)
    wide = world.grant(outsider, "learner", "region", world.city.uuid)  # holds both counties

    assign_job(
        user=outsider, organization=world.department_a, position=world.position, start_date=ahead, by=None, at=now
    )
    follow_posts_that_began(now)
    assert learner_units(outsider) == {str(world.county_b.uuid), str(world.city.uuid)}

    follow_posts_that_began(now + timedelta(days=21))
    assert learner_units(outsider) == {str(world.department_a.uuid), str(wide.scope_uuid)}
    assert people_whose_role_stayed_behind(ahead + timedelta(days=1)) == []


def test_a_transfer_that_began_is_undone_and_the_one_post_goes_on(
    world: Province, clerk: User, hr_province: User, hr_county: User
) -> None:
    today = timezone.localdate()
    job = assign_job(
        user=clerk, organization=world.department_a, position=world.position, start_date=today, by=None,
        at=timezone.now(),
    )  # fmt: skip
    officer, address = browser_of(hr_province), f"/personnel/{clerk.uuid}/post/cancel/"
    assert "撤销调任" in officer.get(f"/personnel/{clerk.uuid}/").content.decode()
    assert officer.post(address, {"reason": ""}).status_code == 400
    with pytest.raises(PermissionDenied):
        undo_transfer(job=job, reason="误点", by=hr_county, at=timezone.now())

    page = officer.post(address, {"reason": "办错了人"}, follow=True).content.decode()

    assert "在新城区数据局的岗位继续" in page
    posts = [place.get_text(strip=True) for place in BeautifulSoup(page, "html.parser").select("dt")]
    assert sum(post.startswith("新城区数据局") for post in posts) == 1
    assert not [post for post in posts if post.startswith("长安区数据局")]
    post = JobAssignment.objects.get(user=clerk)
    assert (post.organization, post.end_date) == (world.department_b, None)
    assert JobAssignment.ever.get(pk=job.pk).taken_back_at is not None
    assert learner_units(clerk) == {str(world.department_b.uuid)}
    event = AuditEvent.objects.get(event="organizations.job_taken_back")
    assert event.details["reason"] == "办错了人"
    told = Notice.objects.get(user=clerk, kind="organizations.post_taken_back")
    assert "调任已撤销，您仍在新城区数据局任职。原因：办错了人" in told.sentence
    undo_transfer(job=job, by=hr_province, at=timezone.now())
    assert Notice.objects.filter(user=clerk, kind="organizations.post_taken_back").count() == 1
    assert AuditEvent.objects.filter(event="organizations.job_taken_back").count() == 1
    assign_job(
        user=clerk, organization=world.department_a, position=world.position, start_date=today, by=hr_province,
        at=timezone.now(),
    )  # fmt: skip
    assert learner_units(clerk) == {str(world.department_a.uuid)}


def test_other_roles_stay_and_are_asked_about(
    world: Province, clerk: User, hr_province: User, administrator: User
) -> None:
    world.grant(clerk, "hr", "organization", world.department_b.uuid)
    typed = {
        "organization": world.department_a.pk,
        "position": world.position.pk,
        "start_date": timezone.localdate().isoformat(),
    }
    officer = browser_of(administrator)

    page = officer.post(f"/personnel/{clerk.uuid}/post/", typed).content.decode()
    assert "以下角色仍留在原范围" in page
    assert " · 新城区数据局</li>" in page
    officer.post(f"/personnel/{clerk.uuid}/post/", {**typed, "confirmed": "yes"})
    assert RoleGrant.objects.get(user=clerk, role="hr").revoked_at is None
    assert learner_units(clerk) == {str(world.department_a.uuid)}
    assert [p.organization for p in posts_of(clerk, timezone.localdate())] == [world.department_a]


def test_nobody_beyond_reach_cancels_or_corrects_and_only_the_newest_is_corrected(
    world: Province, clerk: User, official: User, hr_county: User
) -> None:
    now, ahead = timezone.now(), timezone.localdate() + timedelta(days=5)
    place: dict[str, Any] = {"position": world.position, "by": None, "at": now}
    job = assign_job(user=official, organization=world.university, start_date=ahead, **place)
    first = JobAssignment.objects.get(user=official, end_date__isnull=False)

    with pytest.raises(PermissionDenied):
        cancel_planned_post(job=job, by=hr_county, at=now)
    for action in ("cancel", "correct"):
        assert browser_of(hr_county).get(f"/personnel/{official.uuid}/post/{action}/").status_code == 404
    with pytest.raises(ValidationError):
        correct_post(job=first, organization=world.university, start_date=date(2026, 1, 1), reason="", **place)
    with pytest.raises(ValidationError):
        cancel_planned_post(job=newest_post(clerk) or job, by=None, at=now)
