"""Every form of every role, empty, filled, twice and after the session's end: nothing breaks and nobody is left standing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings

from courses.catalog import demo as catalog_demo
from courses.catalog.models import CourseRun
from courses.certification import demo as certification_demo
from courses.learning.actions import enroll
from labs.grading.models import Submission
from portal.knowledge import demo as knowledge_demo
from portal.users.models import STAFF_ROLES, User
from tests.architecture.test_access_matrix import ADDRESSES, ROLES, ROWS, allowed_roles, row_for
from tests.classroom import Classroom
from tests.courses.conftest import NOW, plant_roots
from tests.crawling.crawler import Crawler
from tests.labs.datasets.conftest import var
from tests.labs.datasets.desk import RECIPE, make_desk, people, table
from tests.people import Province

__all__ = ["var"]

LEFT = re.compile(r"GET /audit/\S*: English")
"""A page that is written in English keeps its title in the record."""

HEADINGS = ("编号", "年龄", "街道", "状态")
"""A table whose columns have Chinese names, so that English on its pages is a finding."""

FEWEST_FORMS = {"anonymous": 5, "learner": 10, "instructor": 14, "hr": 14, "administrator": 14}
"""A crawler that finds nothing proves nothing."""


@pytest.fixture
def school_of_the_demo(world: Province, var: Path, classroom: Classroom) -> Classroom:
    """Return the demo's courses, policies and certifications beside a lab with a submission."""
    plant_roots()
    catalog_demo.seed(at=NOW, paths=settings.PATHS)
    run = CourseRun.objects.get(course__code="smart-city-governance")
    enroll(user=classroom.trainee, run=run, by=classroom.trainee, at=NOW)
    certification_demo.seed(at=NOW, paths=settings.PATHS)
    knowledge_demo.seed(at=NOW)
    classroom.submit()
    desk = make_desk(world)
    content, recipe = (
        table(people(), HEADINGS),
        RECIPE | {"columns": dict(zip(HEADINGS, RECIPE["columns"].values(), strict=True))},
    )
    desk.release(desk.draft(content, document=recipe))
    desk.build(desk.draft(content, document=recipe))
    assert Submission.objects.exists()
    return classroom


def _person(world: Province, classroom: Classroom, role: str) -> User | None:
    if role == "anonymous":
        return None
    if role == "learner":
        return classroom.trainee
    person = (
        classroom.instructor
        if role == "instructor"
        else world.person(f"p.{role.replace('_', '')}", "甲", world.department_a)
    )
    if role != "instructor":
        world.grant(person, role, "province", world.province.uuid)
    if role in STAFF_ROLES:
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    return person


def _starts(role: str) -> list[str]:
    """Addresses without placeholders that the access matrix gives the role."""
    rows = ((address, row_for(address, ROWS)) for address in ADDRESSES if not address.converters)
    own = [address.path() for address, row in rows if row and row.get("name") and role in allowed_roles(row)]
    return ["/", *sorted({path for path in own if "(" not in path and "^" not in path})]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Wagtail leaves a buffer open
def test_every_form_of_every_role_answers_with_a_page(world: Province, school_of_the_demo: Classroom) -> None:
    problems: list[str] = []
    sent: dict[str, int] = {}
    for role in ROLES:
        crawler = Crawler(_person(world, school_of_the_demo, role))
        crawler.walk(_starts(role))
        sent[role] = len(crawler.shapes)
        problems += [f"{role}: {problem}" for problem in crawler.problems if not LEFT.search(problem)]

    assert not problems, "\n".join(sorted(set(problems)))
    assert all(sent[role] >= fewest for role, fewest in FEWEST_FORMS.items()), sent
