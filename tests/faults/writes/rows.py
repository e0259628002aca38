"""Five thousand rows of work for each chore that grows with people; the others, with the reason why they do not."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from django.utils import timezone

from courses.catalog.models import Lesson
from courses.learning.models import Enrollment, LessonProgress
from portal.audit.models import AuditEvent
from portal.exports.models import Export
from portal.knowledge.models import PolicyStatus, PolicyWork
from portal.organizations.models import JobAssignment, TransferRequest, TransferSide
from portal.users.models import Role, RoleGrant, ScopeKind, User
from search.models import SavedSearch
from tests.courses.certification.making import make_course, make_run
from tests.people import AT, START, Province

ROWS = int(os.environ.get("CHENGXUE_ROWS", "5000"))


def people(world: Province) -> list[User]:
    """Everybody else's rows hang on them."""
    names = [f"person.{number}" for number in range(ROWS)]
    made = User.objects.bulk_create(User(username=name, name=name, password="!", created_at=AT) for name in names)
    JobAssignment.objects.bulk_create(
        JobAssignment(user=one, organization=world.department_a, position=world.position, start_date=START)
        for one in made
    )
    return made


def _grants(world: Province, crowd: list[User], start: date, end: date | None, unit: object = None) -> None:
    RoleGrant.objects.bulk_create(
        RoleGrant(
            user=one, role=Role.LEARNER, scope_kind=ScopeKind.ORGANIZATION, scope_uuid=world.department_a.uuid,
            start_date=start, end_date=end, granted_at=AT,
        )
        for one in crowd
    )  # fmt: skip


def roles_that_begin_and_end(world: Province, crowd: list[User]) -> None:
    """Half of the people's roles begin today, those of the others ended yesterday."""
    today, half = timezone.localdate(), ROWS // 2
    _grants(world, crowd[:half], today, None)
    _grants(world, crowd[half:], START, today - timedelta(days=1))


def sessions(world: Province, crowd: list[User]) -> None:
    """Sessions that are over."""
    over = timezone.now() - timedelta(days=1)
    Session.objects.bulk_create(
        Session(session_key=f"over{number}", session_data="", expire_date=over) for number in range(ROWS)
    )


def events(world: Province, crowd: list[User]) -> None:
    """Events without a seal."""
    AuditEvent.objects.bulk_create(AuditEvent(at=AT, event="users.signed_in", actor=one) for one in crowd)


def searches(world: Province, crowd: list[User]) -> None:
    """Write saved searches that are asked again."""
    SavedSearch.objects.bulk_create(
        SavedSearch(user=one, query="智慧", language="zh-hans", address=f"{one.pk}", created_at=AT, checked_at=AT)
        for one in crowd
    )


def policies(world: Province, crowd: list[User]) -> None:
    """Policies whose day has come."""
    today = timezone.localdate()
    PolicyWork.objects.bulk_create(
        PolicyWork(code=f"p{number}", title=f"规定{number}", status=PolicyStatus.NOT_YET, effective_date=today)
        for number in range(ROWS)
    )


def posts(world: Province, crowd: list[User]) -> None:
    """People who left a unit yesterday, with a role that names it."""
    today = timezone.localdate()
    _grants(world, crowd, START, None)
    JobAssignment.objects.filter(user__in=User.objects.filter(username__startswith="person.")).update(
        end_date=today - timedelta(days=1)
    )
    JobAssignment.objects.bulk_create(
        JobAssignment(user=one, organization=world.department_b, position=world.position, start_date=today)
        for one in crowd
    )


def transfers(world: Province, crowd: list[User]) -> None:
    """Write requests that nobody answered."""
    today = timezone.localdate()
    TransferRequest.objects.bulk_create(
        TransferRequest(
            user=one, from_organization=world.department_a, organization=world.department_b, position=world.position,
            start_date=today, side=TransferSide.SENDING, reason="x", asked_at=AT, asked_by=crowd[0],
            expires_date=today - timedelta(days=1),
        )
        for one in crowd
    )  # fmt: skip


def places(world: Province, crowd: list[User]) -> None:
    """Places that lack nothing and are open."""
    course = make_course()
    lesson = Lesson.objects.create(course=course, title="第一课", order=1, is_required=True)
    run = make_run(course)
    made = Enrollment.objects.bulk_create(Enrollment(user=one, run=run, enrolled_at=AT) for one in crowd)
    LessonProgress.objects.bulk_create(
        LessonProgress(enrollment=one, lesson=lesson, started_at=AT, last_beat_at=AT, completed_at=AT) for one in made
    )


def exports(world: Province, crowd: list[User]) -> None:
    """Files whose days are over."""
    Path(storages["exports"].path("")).mkdir(parents=True, exist_ok=True)
    Export.objects.bulk_create(
        Export(
            user=one, kind="hr.roster", params_sha256="x", language="en", status="done", file=f"{one.pk}.xlsx",
            created_at=AT, not_before=AT, expires_at=AT,
        )
        for one in crowd
    )  # fmt: skip


MANY: dict[str, Callable[[Province, list[User]], None]] = {
    "users.follow_the_calendar": roles_that_begin_and_end,
    "users.clear_tokens": sessions,
    "audit.seal": events,
    "search.digest": searches,
    "knowledge.follow_calendar": policies,
    "organizations.follow_posts": posts,
    "organizations.expire_transfers": transfers,
    "learning.complete_who_lack_nothing": places,
    "exports.remove": exports,
}
FEW = {
    "audit.anchor": "signs one seal",
    "pages.publish_scheduled": "pages that one editor planned for one minute; Wagtail publishes each by itself",
    "datasets.mounts": "folders; each row is written by itself",
    "datasets.withdrawals": "withdrawn versions, which are dozens",
    "datasets.retention": "raw files, which are dozens",
    "datasets.expiry": "released versions, which are dozens",
    "outgoing.retention": "held files; each row is written by itself",
    "outgoing.fingerprints": "writes files, no rows",
    "grading.sweep": "removes files, writes no rows",
    "grading.sweep_checks": "removes files of Checks, writes no rows",
    "notifications.disk": "a notice for each administrator",
    "queue.gone processes": "one statement over a row for each process",
    "grading.tell_of_failures": "a row for each lab and teacher, each by itself",
    "grading.tell_of_marks": "a row for each teacher, each by itself",
    "queue.lost jobs": "one statement, on PostgreSQL alone",
}
"""Chores whose rows do not grow with people, and why."""
