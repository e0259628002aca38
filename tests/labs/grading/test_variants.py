"""Every trainee has a variant of their own: in the Lab, with the submission, and before the grader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labs.grader.client import GraderSocket
from labs.grading.actions import receive_check
from labs.grading.variants import files_for, seed_for
from labs.grading.work import grade_run
from portal.queue.models import WorkStatus
from portal.users.models import User
from tests.classroom import NOW, Classroom, result, solved

pytestmark = pytest.mark.django_db
DECLARED = {"files": {"parking.csv": {"from": "parking/1/data.csv", "rows": 5}}}


@pytest.fixture
def varied(classroom: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    folder = tmp_path / "set" / "parking" / "1"
    folder.mkdir(parents=True)
    (folder / "data.csv").write_text("id\n" + "".join(f"{number}\n" for number in range(1000)))
    monkeypatch.setattr("labs.grading.variants.data_folder", lambda release, at: tmp_path / "set")
    monkeypatch.setattr("labs.grading.work.data_folder", lambda release, at: tmp_path / "set")
    for model in (classroom.release, classroom.assignment.release):
        model.variant = DECLARED
    return classroom


def test_trainee_gets_the_rows_of_the_own_seed_every_time(varied: Classroom, official: User) -> None:
    own, again = (files_for(varied.assignment, varied.trainee, at=NOW) for _ in range(2))
    other = files_for(varied.assignment, official, at=NOW)

    assert sorted(own) == ["note.txt", "parking.csv", "parking.ipynb"]
    assert own["parking.csv"] == again["parking.csv"] != other["parking.csv"]
    assert own["parking.csv"].count(b"\n") == 6


def test_submissions_and_checks_carry_the_seed_and_the_grader_is_told(varied: Classroom, make_grader: Any) -> None:
    submission = varied.submit()
    check = receive_check(assignment=varied.assignment, user=varied.trainee, content=solved(), at=NOW)
    run = submission.runs.get()
    type(run).objects.filter(pk=run.pk).update(status=WorkStatus.RUNNING, lease_token="x")
    run.refresh_from_db()
    grader = make_grader(lambda request: [{"event": "result", "result": result()}])

    grade_run(run, grader=GraderSocket(str(grader.path)), at=NOW)

    seed = seed_for(varied.assignment, varied.trainee)
    assert submission.variant_seed == check.variant_seed == seed
    assert grader.requests[-1]["variant_seed"] == seed


def test_labs_without_variants_have_no_seed(classroom: Classroom) -> None:
    assert classroom.submit().variant_seed is None
    assert sorted(files_for(classroom.assignment, classroom.trainee, at=NOW)) == ["note.txt", "parking.ipynb"]
