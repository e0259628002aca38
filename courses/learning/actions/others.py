"""Places that somebody else gives and takes: teachers in their own runs, personnel officers for their own people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.catalog.models import CourseRun
from courses.learning.actions.enrollment import enroll, withdraw
from courses.learning.errors import AlreadyEnrolled, RunIsFull
from courses.learning.lists import ListLine
from courses.learning.models import Enrollment
from courses.learning.permissions import ENROLLERS, teaches
from courses.learning.rosters import access_roster_for
from portal.notifications.actions import notify
from portal.organizations.queries import managed_people_for
from portal.queue.turns import in_turns
from portal.users.identities import former_login_names
from portal.users.models import Role, User
from portal.users.permissions import require_role
from portal.users.rights import has_role, learners_on


@dataclass(frozen=True)
class LineProblem:
    """A line of a list because of which nobody was enrolled."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True)
class Enrolled:
    """What came of a list: the places it gave, and the lines that needed none."""

    places: list[Enrollment]
    skipped: list[LineProblem]


class ListRefused(ValueError):
    """Some lines cannot be enrolled, so none was; `problems` say which and why."""

    def __init__(self, problems: list[LineProblem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} lines")


def enroll_listed(*, run: CourseRun, lines: Sequence[ListLine], by: User, at: datetime) -> Enrolled:
    """Enroll everybody on the list, or nobody: ListRefused names the lines that cannot be.

    Who has a place already, or stands on the list twice, is skipped and told: nothing about them is wrong. All is looked
    at first; then each place is a transaction of its own, so that nobody else's writes wait for a long list. Killed in
    the middle, or overtaken by somebody who takes the last place, the same list sent again does the rest.

    Raises PermissionDenied for somebody who enrolls nobody, EnrollmentClosed and RunIsFull for the run.
    """
    on = timezone.localdate(at)
    require_role(by, *ENROLLERS, on=on)
    people = _people(run, lines, by, on)
    learners = set(learners_on(people.values(), on).values_list("pk", flat=True))
    placed = set(Enrollment.objects.present().filter(run=run).values_list("user", flat=True))
    problems: list[LineProblem] = []
    skipped: list[LineProblem] = []
    chosen: dict[int, tuple[ListLine, User]] = {}
    for line in lines:
        person = people.get(line.username.lower())
        if person is not None and person.pk in chosen:
            skipped.append(LineProblem(line.number, line.text, _("stands in the list twice")))
            continue
        reason = _reason(line, person, learners, by, on)
        if reason:
            problems.append(LineProblem(line.number, line.text, reason))
        elif person is not None:
            chosen[person.pk] = (line, person)
    if problems:
        raise ListRefused(problems)
    if run.capacity is not None and len(placed | chosen.keys()) > run.capacity and chosen.keys() - placed:
        raise RunIsFull
    places = [
        place for one in in_turns(chosen.values()) if (place := _enroll_one(run, *one, skipped, by, at)) is not None
    ]
    return Enrolled(places, sorted(skipped, key=lambda line: line.number))


@transaction.atomic
def _enroll_one(
    run: CourseRun, line: ListLine, person: User, skipped: list[LineProblem], by: User, at: datetime
) -> Enrollment | None:
    """Return the place with its notice; None, and told among the skipped, for who has one already."""
    try:
        with transaction.atomic():
            place = enroll(user=person, run=run, by=by, at=at)
    except AlreadyEnrolled:
        skipped.append(LineProblem(line.number, line.text, _("has a place in this run already")))
        return None
    _tell("learning.enrolled_by_other", place, by, at)
    return place


@transaction.atomic
def withdraw_other(*, enrollment: Enrollment, by: User, at: datetime) -> Enrollment:
    """Take the learner's place and tell them. Raises PermissionDenied outside the reach, CannotWithdraw."""
    on = timezone.localdate(at)
    require_role(by, *ENROLLERS, on=on)
    if not access_roster_for(by, enrollment.run, on, Role.INSTRUCTOR.value).filter(pk=enrollment.pk).exists():
        raise PermissionDenied
    place = withdraw(enrollment=enrollment, by=by, at=at)
    _tell("learning.withdrawn_by_other", place, by, at)
    return place


def _people(run: CourseRun, lines: Sequence[ListLine], by: User, on: date) -> dict[str, User]:
    """People of the list by login name in small letters; a personnel officer finds nobody outside the own reach."""
    everybody: QuerySet[User] = User.objects.filter(is_active=True)
    if not teaches(by, run, on, Role.INSTRUCTOR.value):
        everybody = managed_people_for(by, on).filter(is_active=True)
    wanted = {line.username.lower() for line in lines if line.username}
    people = {one.username.lower(): one for one in everybody.alias(key=Lower("username")).filter(key__in=wanted)}
    former = former_login_names(wanted - people.keys())
    holders = everybody.in_bulk(list(former.values()))
    return {**people, **{name: holders[pk] for name, pk in former.items() if pk in holders}}


def _reason(line: ListLine, person: User | None, learners: set[int], by: User, on: date) -> str:
    """Return why the line cannot be enrolled; nothing where it can."""
    if not line.username:
        return _("There is no login name in this line.")
    if person is None:
        return _("Nobody whom you may enroll has this login name.")
    if person.pk in learners:
        return ""
    if has_role(by, Role.HR, on=on):
        return _("This person is no learner. Give the learner's role on the account page first.")
    return _("This person is no learner. Ask the personnel officer of the person's unit for the role.")


def _tell(kind: str, place: Enrollment, by: User, at: datetime) -> None:
    if place.user_id != by.pk:
        params = {"run": place.run.name, "by": by.name}
        notify(user=place.user, kind=kind, params=params, url=reverse("learning:dashboard"), at=at)
