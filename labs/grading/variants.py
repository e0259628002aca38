"""A trainee's own variant of a lab's data: which seed it has, and the files that follow from it."""

from __future__ import annotations

from datetime import datetime

from labs.assignments.freezing import data_folder
from labs.assignments.models import LabAssignment
from labs.assignments.queries import release_files
from labs.grader.engine.variants import samples_in, seed_of, variant_files
from portal.users.models import User


def seed_for(assignment: LabAssignment, user: User) -> str | None:
    """Return the seed of the trainee's variant, the same for all attempts;
    None for a lab that is the same for everybody."""
    return seed_of(assignment.uuid, user.pk) if assignment.release.variant else None


def files_for(assignment: LabAssignment, user: User, *, at: datetime) -> dict[str, bytes]:
    """Return what a trainee gets into the Lab: notebook, the files beside it,
    and the files of the own variant by name."""
    files = release_files(assignment.release, assignment.lab.code)
    seed = seed_for(assignment, user)
    if seed is None:
        return files
    return files | variant_files(samples_in(assignment.release.variant), seed, data_folder(assignment.release, at=at))
