"""Data that people need for their labs: trainees for the assignments of their runs, teachers for what they teach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from courses.learning.models import Enrollment
from labs.datasets.reaching import teachers_among

from .models import Lab, LabAssignment, LabRelease, LabReleaseData
from .permissions import labs_in_reach


def data_needs(users: Iterable[int], on: date) -> Iterable[tuple[int, int, str]]:
    """Triples of user, version and reason. An assignment's data lies before everybody with a place in its run."""
    wanted = list(users)
    places = Enrollment.objects.present().filter(user__in=wanted)
    people: dict[int, list[int]] = {}
    for run, user in places.values_list("run", "user"):
        people.setdefault(run, []).append(user)
    versions = _versions_by_release()
    for run, release, identity in LabAssignment.objects.filter(run__in=people).values_list("run", "release", "uuid"):
        for user in people[run]:
            for version in versions.get(release, ()):
                yield user, version, f"assignment:{identity}"
    for teacher in teachers_among(wanted, on):
        labs = Lab.objects.filter(labs_in_reach(teacher, on)).values("pk")
        for release, identity in LabRelease.objects.filter(lab__in=labs).values_list("pk", "lab__uuid"):
            for version in versions.get(release, ()):
                yield teacher.pk, version, f"lab:{identity}"


def _versions_by_release() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for release, version in LabReleaseData.objects.values_list("release", "version"):
        found.setdefault(release, []).append(version)
    return found
