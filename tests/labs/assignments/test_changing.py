"""Instructors change their minds: pass mark, requirement, withdrawal, retirement; who is finished stays so."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.test import Client

from courses.certification.models import IssueRequest
from courses.learning.actions import complete_who_lack_nothing
from courses.learning.models import CourseCompletion, Enrollment, EnrollmentStatus, LearningHours, RequirementMet
from labs.assignments.actions import (
    AssignmentRefused,
    assign_lab,
    change_rules,
    restore_assignment,
    retire_lab,
    withdraw_assignment,
)
from labs.assignments.models import LabAssignment, LabRetirement
from labs.assignments.rules import ruling
from labs.grading.models import Grade
from labs.grading.queries import state_for
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import User
from tests.classroom import DUE, NOW, OPENS, Classroom, make_run
from tests.labs.assignments.test_views import sign_in
from tests.labs.grading.test_recording import graded, mark

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(classroom: Classroom, client: Client) -> Client:
    return sign_in(client, classroom.instructor)


def changed(classroom: Classroom, **changes: Any) -> bool:
    terms = {"pass_percent": 60, "is_required": True, "reason": "试题偏难", **changes}
    return change_rules(assignment=classroom.assignment, **terms, by=classroom.instructor, at=NOW)


def test_a_lower_pass_mark_is_shown_first_then_completes_who_reaches_it(classroom: Classroom, author: Client) -> None:
    mark(classroom, graded(classroom, score=3)[0], 100)
    assert not RequirementMet.objects.exists()
    address = f"/labs/manage/assignments/{classroom.assignment.uuid}/rules/"
    typed = {"pass_percent": 40, "is_required": "on", "reason": "试题偏难"}

    asked = author.post(address, typed).content.decode()
    assert "1 人将因此通过本实训" in asked
    assert "1 人将因此完成本班次" in asked
    assert classroom.trainee.name in asked
    assert not CourseCompletion.objects.exists()
    classroom.assignment.refresh_from_db()
    assert classroom.assignment.pass_percent == 60

    done = author.post(address, {**typed, "confirmed": "yes"}, follow=True).content.decode()
    assert "要求已调整" in done
    assert CourseCompletion.objects.get().enrollment == classroom.place
    assert LearningHours.objects.count() == 1
    assert not changed(classroom, pass_percent=40)
    assert AuditEvent.objects.filter(event="assignments.rules_changed").count() == 1


def test_a_higher_pass_mark_takes_nothing_from_who_passed(classroom: Classroom) -> None:
    mark(classroom, graded(classroom)[0], 100)
    completion, grades = CourseCompletion.objects.get(), Grade.objects.count()

    changed(classroom, pass_percent=90)

    assert list(CourseCompletion.objects.all()) == [completion]
    assert Grade.objects.count() == grades
    state = state_for(classroom.trainee, classroom.assignment.uuid, NOW)
    assert state is not None
    assert state.has_passed is True


def test_a_changed_pass_mark_names_who_is_left_and_tells_them(classroom: Classroom, author: Client) -> None:
    address = f"/labs/manage/assignments/{classroom.assignment.uuid}/rules/"
    asked = {"pass_percent": "90", "is_required": "on", "reason": "按大纲"}

    assert classroom.trainee.name in author.post(address, asked).content.decode()
    assert not Notice.objects.filter(kind="assignments.pass_mark_changed").exists()
    page = author.post(address, {**asked, "confirmed": "yes"}, follow=True).content.decode()

    assert "及格线 90%" in page
    notice = Notice.objects.get(user=classroom.trainee, kind="assignments.pass_mark_changed")
    assert (notice.params["before"], notice.params["percent"]) == (60, 90)


def test_what_is_required_no_longer_completes_and_asked_again_takes_nothing(classroom: Classroom) -> None:
    lesson = classroom.course.lessons.create(code="l1", title="第一讲", order=1)
    classroom.place.progress.create(lesson=lesson, started_at=NOW, last_beat_at=NOW, completed_at=NOW)

    changed(classroom, is_required=False)

    classroom.place.refresh_from_db()
    assert classroom.place.status == EnrollmentStatus.COMPLETED
    changed(classroom, is_required=True)
    classroom.place.refresh_from_db()
    assert classroom.place.status == EnrollmentStatus.COMPLETED


def test_a_lesson_that_is_required_no_longer_completes_by_the_chore(classroom: Classroom, official: User) -> None:
    first = classroom.course.lessons.create(code="l1", title="第一讲", order=1)
    second = classroom.course.lessons.create(code="l2", title="第二讲", order=2)
    lagging = Enrollment.objects.create(user=official, run=classroom.run, enrolled_at=NOW)
    withdraw_assignment(assignment=classroom.assignment, reason="更换", by=classroom.instructor, at=NOW)
    classroom.place.progress.create(lesson=first, started_at=NOW, last_beat_at=NOW, completed_at=NOW)
    complete_who_lack_nothing(NOW)
    assert not CourseCompletion.objects.exists()

    second.is_required = False
    second.save()
    for _ in range(2):
        complete_who_lack_nothing(NOW)

    assert CourseCompletion.objects.get().enrollment == classroom.place
    lagging.refresh_from_db()
    assert lagging.status == EnrollmentStatus.ACTIVE
    assert not IssueRequest.objects.exists()


def test_a_withdrawn_lab_takes_no_more_work_says_why_and_comes_back(classroom: Classroom, author: Client) -> None:
    graded(classroom)
    address = f"/labs/manage/assignments/{classroom.assignment.uuid}/withdraw/"
    assert "1 名在学学员将重新计算" in author.get(address).content.decode()
    assert author.post(address, {"reason": ""}).status_code == 400

    assert "实训已从班次撤回" in author.post(address, {"reason": "数据有误"}, follow=True).content.decode()

    found = LabAssignment.objects.get()
    assert Notice.objects.get(user=classroom.trainee, kind="assignments.taken_back").params["reason"] == "数据有误"
    now = ruling(found, classroom.trainee, at=NOW)
    assert (now.state, now.may_submit, now.may_check) == ("frozen", False, False)
    assert "数据有误" in now.reason
    page = sign_in(Client(), classroom.trainee).get(f"/labs/{found.uuid}/").content.decode()
    assert "数据有误" in page
    assert "已从班次撤回" in page
    assert "chengxue/open" not in page
    title = BeautifulSoup(author.get(address).content, "html.parser").select_one("h1")
    assert title is not None
    assert title.get_text(strip=True) == "恢复布置"
    assert not withdraw_assignment(assignment=found, reason="x", by=classroom.instructor, at=NOW)

    assert "实训已恢复布置" in author.post(address, follow=True).content.decode()
    assert ruling(LabAssignment.objects.get(), classroom.trainee, at=NOW).may_submit
    assert Notice.objects.filter(user=classroom.trainee, kind="assignments.put_back").count() == 1
    assert not restore_assignment(assignment=found, by=classroom.instructor, at=NOW)


def test_a_retired_release_and_a_retired_lab_are_put_before_nobody(classroom: Classroom, author: Client) -> None:
    run = make_run(classroom.course, "next")
    terms: dict[str, Any] = {
        "lab": classroom.lab, "run": run, "release": classroom.release, "opens_at": OPENS, "due_at": DUE,
        "max_attempts": None, "pass_percent": 60, "is_required": True, "by": classroom.instructor, "at": NOW,
    }  # fmt: skip
    for address in ("/labs/manage/labs/parking/releases/1/retire/", "/labs/manage/labs/parking/retire/"):
        page = author.get(address).content.decode()
        assert classroom.run.name in page
        assert "已停用" in author.post(address, {"reason": "题目过时"}, follow=True).content.decode()
        with pytest.raises(AssignmentRefused, match="retired"):
            assign_lab(**terms)
        assert ruling(classroom.assignment, classroom.trainee, at=NOW).may_submit
        assert "已恢复使用" in author.post(address, follow=True).content.decode()
    assert assign_lab(**terms).run == run
    assert LabRetirement.objects.filter(ended_at__isnull=False).count() == 2
    assert author.get("/labs/manage/labs/parking/releases/9/retire/").status_code == 404


def test_nobody_beyond_the_run_changes_anything(classroom: Classroom, outsider: User) -> None:
    with pytest.raises(PermissionDenied):
        change_rules(assignment=classroom.assignment, pass_percent=1, is_required=False, reason="", by=outsider, at=NOW)
    with pytest.raises(PermissionDenied):
        withdraw_assignment(assignment=classroom.assignment, reason="", by=outsider, at=NOW)
    with pytest.raises(PermissionDenied):
        retire_lab(lab=classroom.lab, reason="", by=outsider, at=NOW)
