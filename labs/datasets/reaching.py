"""Which versions reach whom: by grants, and by what upper apps say that somebody's labs read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Set
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from courses.catalog.models import CourseRun
from courses.catalog.queries import access_runs_for
from courses.learning.models import Enrollment
from portal.users.models import Role, RoleGrant, User
from search.plugging import Contributions

from .models import AccessGrant, DatasetVersion
from .passports import usable_versions
from .receivers import Receiver, people_of

Reached = dict[int, dict[int, str]]
"""For each user's id the ids of versions, each with the reason in the words of MountLog.because."""
Needs = Callable[[Iterable[int], date], Iterable[tuple[int, int, str]]]
TEACHING = (Role.INSTRUCTOR.value, Role.LAB_AUTHOR.value)

_needs: Contributions[Needs] = Contributions("versions that somebody's labs read")


def register_needs(needs: Needs) -> None:
    """Let `needs(user ids, on)` name (user, version, reason) triples."""
    _needs.add(needs)


def versions_of(users: Iterable[int], on: date) -> Reached:
    """Return what may lie before each of the users on the day: exactly what is granted and usable.

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
    grants = list(AccessGrant.objects.in_force(on).order_by("pk"))
    receivers = [Receiver(grant.receiver_kind, grant.receiver_uuid) for grant in grants]
    people = people_of(receivers, users, on)
    for grant, receiver in zip(grants, receivers, strict=True):
        for user in people.get(receiver, ()):
            yield user, grant.version_id, f"grant:{grant.uuid}"


def names_of_runs(identities: Iterable[UUID]) -> dict[UUID, str]:
    """Codes of runs."""
    return dict(CourseRun.objects.filter(uuid__in=list(identities)).values_list("uuid", "code"))


def people_of_runs(identities: Set[UUID], users: Set[int], on: date) -> dict[UUID, set[int]]:
    """Everybody with a place in the run, and who teaches it."""
    runs = dict(CourseRun.objects.filter(uuid__in=identities).values_list("pk", "uuid"))
    return {runs[run]: people for run, people in _people_of_runs(runs, users, on).items()}


def _people_of_runs(runs: Iterable[int], users: Set[int], on: date) -> dict[int, set[int]]:
    people: dict[int, set[int]] = defaultdict(set)
    runs = set(runs)
    places = Enrollment.objects.present().filter(run__in=runs, user__in=users)
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
