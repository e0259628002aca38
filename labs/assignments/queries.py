"""Reading labs and assignments, each only within the reader's reach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Max, QuerySet

from courses.catalog.queries import access_runs_for
from courses.learning.queries import access_enrollments_for
from labs.datasets.models import DatasetVersion
from labs.datasets.registry import Use
from portal.users.models import User

from .models import Lab, LabAssignment, LabRelease
from .permissions import labs_in_reach
from .storing import read_stored


def access_labs_for(user: User | AnonymousUser, on: date) -> QuerySet[Lab]:
    """Labs that the user may author, with their number of releases and assignments."""
    reach = Lab.objects.filter(labs_in_reach(user, on)).values("pk")
    return (
        Lab.objects.filter(pk__in=reach)
        .select_related("course", "program")
        .annotate(
            release_count=Count("releases", distinct=True),
            assignment_count=Count("assignments", distinct=True),
            released_at=Max("releases__created_at"),
        )
        .order_by("title", "pk")
    )


def access_taught_assignments_for(user: User, on: date) -> QuerySet[LabAssignment]:
    """Assignments of the runs that the user teaches."""
    return (
        LabAssignment.objects.filter(run__in=access_runs_for(user, on).values("pk"))
        .select_related("lab", "run__course", "release")
        .order_by("due_at", "pk")
    )


def access_assignments_for(user: User | AnonymousUser) -> QuerySet[LabAssignment]:
    """Assignments of the runs in which the user has a place."""
    places = access_enrollments_for(user)
    return (
        LabAssignment.objects.filter(run__in=places.values("run"))
        .select_related("lab", "run__course", "release")
        .order_by("due_at", "pk")
    )


def release_files(release: LabRelease, lab_code: str) -> dict[str, bytes]:
    """What a trainee gets: the notebook and the files beside it, by name."""
    files = {file["name"]: read_stored("releases", file["path"]) for file in release.files}
    return {f"{lab_code}.ipynb": read_stored("releases", release.notebook_path), **files}


def labs_that_use(version: DatasetVersion) -> Iterable[Use]:
    """Labs with a release that reads the dataset version."""
    labs = Lab.objects.filter(releases__data__version=version).distinct().order_by("title", "pk")
    return [Use(lab.title, lab.title_en) for lab in labs]
