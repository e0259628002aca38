"""Reading labs and assignments, each only within the reader's reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.catalog.queries import access_runs_for, pages_of_courses
from courses.learning.models import Enrollment
from courses.learning.queries import access_enrollments_for
from courses.partners.models import Partner
from labs.datasets.models import DatasetVersion
from labs.datasets.registry import Use
from portal.pages.queries import address_of
from portal.users.models import User

from .models import Lab, LabAssignment, LabExtension, LabRelease
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
    """Return assignments of the runs that the user teaches."""
    return (
        LabAssignment.objects.filter(run__in=access_runs_for(user, on).values("pk"))
        .select_related("lab", "run__course", "release")
        .order_by("due_at", "pk")
    )


def access_assignments_for(user: User | AnonymousUser) -> QuerySet[LabAssignment]:
    """Return assignments of the runs in which the user has a place."""
    places = access_enrollments_for(user)
    return (
        LabAssignment.objects.filter(run__in=places.values("run"))
        .select_related("lab", "run__course", "release")
        .order_by("due_at", "pk")
    )


def release_files(release: LabRelease, lab_code: str) -> dict[str, bytes]:
    """Return what a trainee gets: the notebook and the files beside it, by name."""
    files = {file["name"]: read_stored("releases", file["path"]) for file in release.files}
    return {f"{lab_code}.ipynb": read_stored("releases", release.notebook_path), **files}


def labs_that_use(version: DatasetVersion) -> Iterable[Use]:
    """Labs with a release that reads the dataset version."""
    labs = Lab.objects.filter(releases__data__version=version).distinct().order_by("title", "pk")
    return [Use(lab.title, lab.title_en) for lab in labs]


def assigned_labs() -> QuerySet[Lab]:
    """Labs that can be done: a run has set them. What an author is still writing is nobody else's."""
    return Lab.objects.filter(Exists(LabAssignment.objects.filter(lab=OuterRef("pk"), withdrawn_at__isnull=True)))


def lab_count(course: str) -> Combinable:
    """Expression for the number of labs set in runs of the course in the field."""
    labs = assigned_labs().filter(course=OuterRef(course)).order_by().values("course")
    return Coalesce(Subquery(labs.annotate(number=Count("pk")).values("number")), 0)


@dataclass(frozen=True)
class PartnerLab:
    """A lab as the page of the responsible partner shows it."""

    title: str
    summary: str
    course: str
    url: str


def labs_of_partner(partner: Partner, language: str) -> list[PartnerLab]:
    """Released labs of the partner's programs whose courses everybody may see, in the language; two queries."""
    own = Q(program__partner=partner) | Q(program__isnull=True, course__program__partner=partner)
    labs = list(assigned_labs().filter(own).select_related("course").order_by("title", "pk"))
    pages = pages_of_courses([lab.course for lab in labs], language, only_open=True)
    is_english = language == "en"
    return [
        PartnerLab(
            title=(lab.title_en if is_english else "") or lab.title,
            summary=(lab.summary_en if is_english else "") or lab.summary,
            course=lab.course.title_in(language),
            url=address_of(pages[lab.course_id]),
        )
        for lab in labs
        if lab.course_id in pages
    ]


def extensions_in_force(assignment: LabAssignment) -> list[LabExtension]:
    """Return what is granted to trainees of the assignment now, by name. One query."""
    rows = LabExtension.objects.filter(assignment=assignment).select_related("user", "granted_by").order_by("pk")
    newest = {row.user_id: row for row in rows}
    return sorted((row for row in newest.values() if not row.is_withdrawn), key=lambda row: (row.user.name, row.pk))


def trainees_of(assignment: LabAssignment) -> QuerySet[User]:
    """People with a place in the assignment's run, by name."""
    places = Enrollment.objects.present().filter(run=assignment.run_id)
    return User.objects.filter(pk__in=places.values("user"), is_active=True).order_by("name", "pk")


def assignments_in_words(identities: Iterable[UUID]) -> dict[UUID, str]:
    """Lab and run of assignments, as a reason for which data lies in somebody's lab."""
    found = LabAssignment.objects.filter(uuid__in=identities).select_related("lab", "run")
    return {each.uuid: f"{_title(each.lab)} · {each.run.name}" for each in found}


def labs_in_words(identities: Iterable[UUID]) -> dict[UUID, str]:
    """Titles of labs, as a reason for which data lies before those who teach them."""
    return {each.uuid: _title(each) for each in Lab.objects.filter(uuid__in=identities)}


def releases_in_words(identities: Iterable[UUID]) -> dict[UUID, str]:
    """Lab and number of releases, as a reason for which the grader reads data."""
    found = LabRelease.objects.filter(uuid__in=identities).select_related("lab")
    words = _("%(lab)s, release %(number)s")
    return {each.uuid: words % {"lab": _title(each.lab), "number": each.number} for each in found}


def _title(lab: Lab) -> str:
    return lab.title_en if get_language() == "en" and lab.title_en else lab.title
