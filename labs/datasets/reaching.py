"""Which versions reach whom: by grants, and by what upper apps say that somebody's labs read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import QuerySet

from courses.catalog.queries import access_runs_for
from courses.learning.models import Enrollment, EnrollmentStatus
from portal.organizations.models import JobAssignment
from portal.users.models import Role, RoleGrant, User

from .models import AccessGrant, DatasetVersion
from .passports import usable_versions

Reached = dict[int, dict[int, str]]
"""For each user's id the ids of versions, each with the reason in the words of MountLog.because."""
Needs = Callable[[Iterable[int], date], Iterable[tuple[int, int, str]]]
TEACHING = (Role.INSTRUCTOR.value, Role.LAB_AUTHOR.value)

_needs: list[Needs] = []


def register_needs(needs: Needs) -> None:
    """This will let `needs(user ids, on)` name (user, version, reason) triples; call it from an AppConfig's `ready`."""
    if needs not in _needs:
        _needs.append(needs)


def versions_of(users: Iterable[int], on: date) -> Reached:
    """What may lie before each of the users on the day: exactly what is granted and usable.

    The number of queries depends on the number of teachers among them, not on the number of trainees.
    """
    wanted = set(users)
    usable = set(usable_versions(on).values_list("pk", flat=True))
    reached: Reached = defaultdict(dict)
    triples = [*_granted(wanted, on)]
    for needs in _needs:
        triples += needs(wanted, on)
    for user, version, because in triples:
        if user in wanted and version in usable:
            reached[user].setdefault(version, because)
    return {user: reached.get(user, {}) for user in wanted}


def granted_versions(user: User, on: date) -> QuerySet[DatasetVersion]:
    """Versions that the user may use on the day, e.g. to write a lab with them."""
    granted = DatasetVersion.objects.filter(pk__in=versions_of([user.pk], on)[user.pk])
    return granted.select_related("dataset").order_by("dataset__code", "-number")


def _granted(users: set[int], on: date) -> Iterable[tuple[int, int, str]]:
    grants = list(AccessGrant.objects.in_force(on).select_related("cohort").order_by("pk"))
    people_of_run = _people_of_runs({grant.run_id for grant in grants if grant.run_id}, users, on)
    posts = list(
        JobAssignment.objects.current(on)
        .filter(user__in=users, is_primary=True)
        .values_list("user", "organization__path")
    )
    for grant in grants:
        because = f"grant:{grant.uuid}"
        if grant.user_id is not None:
            receivers = {grant.user_id}
        elif grant.run_id is not None:
            receivers = people_of_run.get(grant.run_id, set())
        else:
            path = grant.cohort.path if grant.cohort else "-"
            receivers = {user for user, place in posts if place.startswith(path)}
        for user in receivers & users:
            yield user, grant.version_id, because


def _people_of_runs(runs: set[int], users: set[int], on: date) -> dict[int, set[int]]:
    people: dict[int, set[int]] = defaultdict(set)
    if not runs:
        return people
    places = Enrollment.objects.filter(run__in=runs, user__in=users).exclude(status=EnrollmentStatus.WITHDRAWN)
    for run, user in places.values_list("run", "user"):
        people[run].add(user)
    for teacher in teachers_among(users, on):
        for run in access_runs_for(teacher, on, *TEACHING).filter(pk__in=runs).values_list("pk", flat=True):
            people[run].add(teacher.pk)
    return people


def teachers_among(users: Iterable[int], on: date) -> list[User]:
    """Those of the users who teach or author anything on the day."""
    grants = RoleGrant.objects.in_force(on).filter(user__in=list(users), role__in=TEACHING)
    return list(User.objects.filter(pk__in=grants.values("user")).order_by("pk"))
