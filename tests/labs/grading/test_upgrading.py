"""Checks that waited before the rule was made: it holds for them, and none is lost without a word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from labs.grading.actions import receive_check
from labs.grading.models import GradingRun
from labs.grading.queries import standing
from tests.classroom import NOW, Classroom, solved

BEFORE = [("grading", "0009_fair_queue")]


def migrate_forward() -> None:
    """To the newest migration of the app, as it was."""
    executor = MigrationExecutor(connection)
    executor.migrate([key for key in executor.loader.graph.leaf_nodes() if key[0] == "grading"])


@pytest.mark.django_db(transaction=True)
def test_waiting_checks_get_places_and_older_ones_are_replaced(classroom: Classroom) -> None:
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        runs = [
            receive_check(
                assignment=classroom.assignment, user=classroom.trainee, content=solved(), at=NOW + timedelta(minutes=n)
            ).runs.get()
            for n in range(4)
        ]
        every = GradingRun.objects.filter(pk__in=[run.pk for run in runs])
        every.update(status="queued", finished_at=None, replaced_by=None, check_of=None, check_place=None)
        GradingRun.objects.filter(pk=runs[0].pk).update(status="running", worker="dead:1")
    finally:
        migrate_forward()

    rows = list(every.order_by("pk").values_list("status", "check_place", "replaced_by"))
    newest = runs[3].pk
    assert rows == [("running", 1, None), ("done", None, newest), ("done", None, newest), ("queued", 2, None)]
    assert set(every.filter(status__in=["queued", "running"]).values_list("check_of", flat=True)) == {
        classroom.trainee.pk
    }
    assert standing(runs[1].submission).status == "replaced"
