"""The learners of a run, for those who look after them. The number of queries never depends on how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.catalog.models import CourseRun
from courses.catalog.queries import access_runs_for
from portal.audit.spreadsheet import Value
from portal.organizations.models import JobAssignment
from portal.organizations.queries import managed_people_for
from portal.users.models import Role, User
from portal.users.naming import called
from portal.users.rights import has_role

from .attempts import Asked
from .models import Enrollment
from .permissions import teaches
from .queries import RunProgress, run_progress

WIDTHS = (12, 16, 26, 12, 10, 10, 44, 18, 18)


@dataclass(frozen=True)
class RosterLine:
    """A learner in a run: who, where from, how far."""

    progress: RunProgress
    unit: str

    @property
    def person(self) -> User:
        """The learner."""
        return self.progress.enrollment.user


def run_lines_for(user: User, on: date, now: datetime) -> QuerySet[CourseRun]:
    """Return runs whose learners the user looks after, the latest first,
    with the number of learners that the user sees and of all `taken` places.

    A personnel officer looks after own people in every run that is not over.
    """
    mine = Q(pk__in=access_runs_for(user, on).values("pk"))
    present = Enrollment.present_at("enrollments")
    if has_role(user, Role.HR, on=on):
        own = Q(enrollments__user__in=managed_people_for(user, on).values("pk"))
        present &= own | Q(pk__in=access_runs_for(user, on).values("pk"))
        mine |= Q(ends_at__gt=now)
    placed = Enrollment.objects.present().filter(run=OuterRef("pk")).order_by()
    counted = CourseRun.objects.filter(mine).annotate(
        learners=Count("enrollments", filter=present, distinct=True),
        taken=Coalesce(Subquery(placed.values("run").annotate(number=Count("pk")).values("number")), 0),
    )
    return counted.select_related("course").order_by("-starts_at", "-pk")


def access_roster_for(user: User, run: CourseRun, on: date, *roles: str) -> QuerySet[Enrollment]:
    """Places in the run that the user looks after: all as a teacher (in the roles), own people as personnel officer."""
    places = Enrollment.objects.present().filter(run=run)
    if not teaches(user, run, on, *roles):
        places = places.filter(user__in=managed_people_for(user, on).values("pk"))
    return places.select_related("user", "run__course", "last_lesson").order_by("user__username")


def search_roster(places: QuerySet[Enrollment], text: str) -> QuerySet[Enrollment]:
    """Those of the places whose learner is called so."""
    return places.filter(called(text, "user__")) if text else places


def roster_lines(places: Sequence[Enrollment], language: str, now: datetime) -> list[RosterLine]:
    """Lines of places that `access_roster_for` gave."""
    posts = JobAssignment.objects.current(timezone.localdate(now)).filter(
        user__in=[place.user_id for place in places], is_primary=True
    )
    units = {post.user_id: post.organization.name for post in posts.select_related("organization").order_by("pk")}
    return [RosterLine(one, units.get(one.enrollment.user_id, "")) for one in run_progress(places, language, now)]


def status_of(progress: RunProgress) -> str:
    """Return how a learner stands, for lists: who never opened anything is not learning yet."""
    if not progress.is_completed and progress.enrollment.last_active_at is None and progress.percent == 0:
        return _("not begun")
    return str(progress.enrollment.get_status_display())


def roster_headings() -> list[str]:
    """Headings of an exported roster."""
    return [
        pgettext("person", "Name"),
        _("Login name"),
        _("Unit"),
        _("Status"),
        _("Progress") + " %",
        _("Lessons"),
        _("Requirements"),
        _("Last activity"),
        _("Enrolled on"),
    ]


def roster_cells(line: RosterLine) -> list[Value]:
    """Return a learner as a row of an exported roster; instants are local ones, because spreadsheets know no zones."""
    place, progress = line.progress.enrollment, line.progress
    met = [f"{one.requirement.label} {_state(one)}" for one in progress.asked]
    return [
        line.person.name,
        line.person.username,
        line.unit,
        status_of(line.progress),
        progress.percent,
        f"{progress.lessons_done} / {progress.lessons}",
        "；".join(met),
        _local(progress.last_at),
        _local(place.enrolled_at),
    ]


def _state(one: Asked) -> str:
    if one.is_met:
        return _("passed")
    if one.details is not None and one.details.is_waiting:
        return _("waits for the instructor's marks")
    return _("not passed yet") if one.is_tried else _("not begun")


def _local(instant: datetime | None) -> datetime | None:
    return timezone.localtime(instant).replace(tzinfo=None, second=0, microsecond=0) if instant else None
