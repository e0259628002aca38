"""Points that tests gave, adjusted by a person: superseded rows, a reason, and two people where it is certified."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from courses.certification.models import Certification
from labs.grading.actions import AdjustmentRefused, adjust_score, answer_appeal, decide_adjustment, open_appeal
from labs.grading.adjustments import adjustments_to_decide
from labs.grading.models import AdjustmentDecision, Grade, ManualMark, ScoreAdjustment, Submission
from labs.grading.queries.importing import Given, plan_marks
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import User
from tests.classroom import Classroom
from tests.labs.assignments.test_views import sign_in
from tests.labs.grading.test_recording import SOON, graded, mark
from tests.people import Province

pytestmark = pytest.mark.django_db


@pytest.fixture
def certified(classroom: Classroom) -> Certification:
    return Certification.objects.create(code="CDP", name="城市数据", course=classroom.course, issuer="省数据局")


@pytest.fixture
def colleague(classroom: Classroom, world: Province) -> User:
    """Return a second instructor of the program."""
    person = world.person("ma.li", "马丽", world.university)
    world.grant(person, "instructor", "program", classroom.program.uuid)
    return person


def current(submission: Submission) -> Grade:
    return Grade.objects.current().get(submission=submission)


def adjusted(classroom: Classroom, submission: Submission, score: int, **more: Any) -> ScoreAdjustment:
    question = classroom.release.questions.get(grade_id="q1")
    facts = {"reason": "思路正确，边界有误", "by": classroom.instructor, "at": SOON, **more}
    return adjust_score(submission=submission, question=question, score=score, **facts)


@pytest.mark.parametrize("score", [450, 0])
def test_points_go_up_and_down_by_new_rows_and_the_trainee_reads_why(classroom: Classroom, score: int) -> None:
    submission, first = graded(classroom, score=2, verdict="partial")
    mark(classroom, submission, 400)

    adjusted(classroom, submission, score)

    assert current(submission).score == score + 400
    assert first is not None
    first.refresh_from_db()
    assert first.score == 200
    notice = Notice.objects.get(user=classroom.trainee, kind="grading.adjusted")
    assert (notice.params["before"], notice.params["reason"]) == ("2", "思路正确，边界有误")
    with pytest.raises(AdjustmentRefused, match="same"):
        adjusted(classroom, submission, score)
    with pytest.raises(IntegrityError), transaction.atomic():
        ScoreAdjustment.objects.update(score=1)


def test_a_certified_course_takes_two_people(
    classroom: Classroom, certified: Certification, colleague: User, outsider: User
) -> None:
    submission, _ = graded(classroom, score=2, verdict="partial")
    proposal = adjusted(classroom, submission, 500)

    assert current(submission).score == 200
    assert adjusted(classroom, submission, 500) == proposal
    assert Notice.objects.filter(user=colleague, kind="grading.adjustment_proposed").count() == 1
    decide: dict[str, Any] = {"adjustment": proposal, "is_approved": True, "text": "", "at": SOON}
    with pytest.raises(AdjustmentRefused, match="own_proposal"):
        decide_adjustment(**decide, by=classroom.instructor)
    for stranger in (outsider, classroom.trainee):
        with pytest.raises(PermissionDenied):
            decide_adjustment(**decide, by=stranger)
    with pytest.raises(AdjustmentRefused, match="waits"):
        adjusted(classroom, submission, 300)

    for _again in range(2):
        assert decide_adjustment(**decide, by=colleague).is_applied
    assert current(submission).score == 500
    assert ManualMark.objects.filter(submission=submission).count() == 1
    assert AuditEvent.objects.filter(event="grading.adjustment_applied").count() == 1


def test_with_one_teacher_an_administrator_decides_and_finds_it_in_the_work_list(
    classroom: Classroom, certified: Certification, world: Province
) -> None:
    submission, _ = graded(classroom, score=2, verdict="partial")
    with pytest.raises(AdjustmentRefused, match="nobody"):
        adjusted(classroom, submission, 500)
    chief = world.person("guan.li", "管理员", world.university)
    world.grant(chief, "administrator", "province", world.province.uuid)

    proposal = adjusted(classroom, submission, 500)

    assert Notice.objects.filter(user=chief, kind="grading.adjustment_proposed").count() == 1
    author = sign_in(Client(), classroom.instructor)
    assert "管理员" in author.get(f"/labs/adjustments/{proposal.uuid}/").content.decode()
    assert [each.pk for each in adjustments_to_decide(chief, SOON.date())] == [proposal.pk]
    assert adjustments_to_decide(classroom.instructor, SOON.date()) == []
    told = [each.label for each in sign_in(Client(), chief).get("/work/").context["waiting"]]
    assert "待复核的得分调整" in told
    assert "待复核的得分调整" not in [each.label for each in author.get("/work/").context["waiting"]]
    assert decide_adjustment(adjustment=proposal, is_approved=True, text="", by=chief, at=SOON).is_applied


def test_a_refused_or_withdrawn_proposal_changes_nothing(
    classroom: Classroom, certified: Certification, colleague: User
) -> None:
    submission, _ = graded(classroom, score=2, verdict="partial")
    for by in (colleague, classroom.instructor):
        proposal = adjusted(classroom, submission, 500)
        decision = decide_adjustment(adjustment=proposal, is_approved=False, text="不妥", by=by, at=SOON)
        assert not decision.is_applied
    assert current(submission).score == 200
    assert not Notice.objects.filter(kind="grading.adjusted").exists()


def test_an_appeal_after_an_adjustment_starts_from_it(classroom: Classroom) -> None:
    submission, _ = graded(classroom)
    adjusted(classroom, submission, 100)
    question = classroom.release.questions.get(grade_id="q1")
    appeal = open_appeal(submission=submission, question=question, text="有误", by=classroom.trainee, at=SOON)

    answer_appeal(appeal=appeal, is_accepted=True, text="部分成立", score=300, by=classroom.instructor, at=SOON)

    assert current(submission).score == 300


def test_own_work_manual_questions_and_wrong_points_are_refused(classroom: Classroom) -> None:
    submission, _ = graded(classroom)
    with pytest.raises(PermissionDenied):
        adjusted(classroom, submission, 1, by=classroom.trainee)
    with pytest.raises(AdjustmentRefused, match="range"):
        adjusted(classroom, submission, 601)
    manual = classroom.release.questions.get(grade_id="q2")
    with pytest.raises(AdjustmentRefused, match="not_tested"):
        adjust_score(submission=submission, question=manual, score=1, reason="x", by=classroom.instructor, at=SOON)
    row = Given(2, submission.receipt or "", "q1", "3", "")
    planned = plan_marks([row], run=classroom.run, by=classroom.instructor)
    assert "选择“调整得分”" in planned[0].problem


def test_the_pages_show_first_then_do_and_say_so(
    classroom: Classroom, certified: Certification, colleague: User
) -> None:
    submission, _ = graded(classroom, score=2, verdict="partial")
    question = classroom.release.questions.get(grade_id="q1")
    author, second = sign_in(Client(), classroom.instructor), sign_in(Client(), colleague)
    address = f"/labs/submissions/{submission.uuid}/adjust/{question.pk}/"
    typed = {"score": "4.5", "reason": "思路正确"}

    assert address in author.get(f"/labs/submissions/{submission.uuid}/").content.decode()
    assert author.post(address, {"score": "7", "reason": "x"}).status_code == 400
    asked = author.post(address, typed).content.decode()
    assert "请确认" in asked
    assert not ScoreAdjustment.objects.exists()
    done = author.post(address, {**typed, "confirmed": "yes"}, follow=True).content.decode()
    assert "须经其中一人同意后生效：马丽" in done
    assert "待复核的得分调整" in done

    proposal = ScoreAdjustment.objects.get()
    page = f"/labs/adjustments/{proposal.uuid}/"
    assert "待复核" in second.get("/labs/adjustments/").content.decode()
    assert author.post(page, {"act": "approve"}).status_code == 400
    assert second.post(page, {"act": "refuse"}).status_code == 400
    assert "得分已调整" in second.post(page, {"act": "approve"}, follow=True).content.decode()
    assert AdjustmentDecision.objects.get().decided_by == colleague
    trainee = sign_in(Client(), classroom.trainee)
    assert trainee.get(page).status_code in (403, 404)
    assert "思路正确" in trainee.get(f"/labs/{classroom.assignment.uuid}/").content.decode()
