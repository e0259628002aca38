"""The demo province's courses can be seeded, and seeded again."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from wagtail.models import Page

from courses.catalog import demo
from courses.catalog.models import Course, Lesson
from courses.learning import demo as learning_demo
from courses.learning.models import Enrollment
from portal.audit.models import AuditEvent
from portal.users.models import User
from tests.courses.conftest import NOW, plant_roots
from tests.people import Province


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Wagtail leaves a rendition's buffer open
def test_seeding_twice_is_seeding_once(
    world: Province, official: User, technician: User, outsider: User, instructor: User, client: Client, tmp_path: Path
) -> None:
    plant_roots()
    for _ in range(2):
        made = demo.seed(at=NOW, paths=settings.PATHS)
        learning_demo.seed(at=NOW)
        counted = (Page.objects.count(), AuditEvent.objects.count(), Enrollment.objects.count())

    made_again = demo.seed(at=NOW, paths=settings.PATHS)
    assert (Page.objects.count(), AuditEvent.objects.count(), Enrollment.objects.count()) == counted
    codes = {"smart-city-governance", "city-data-practice", "city-operation-labs"}
    assert set(made.courses) == codes == set(made_again.courses)
    assert (Course.objects.count(), Lesson.objects.count(), Enrollment.objects.count()) == (3, 12, 4)
    for address in ("/", "/en/", "/knowledge/grading/", "/courses/chd/city-data-practice/reading-occupancy/", "/help/"):
        assert client.get(address).status_code == 200
    gc.collect()
