"""Checks of releases: made with every release, shown to authors, and deciding what may be assigned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from courses.certification.models import Certification
from labs.assignments.actions import (
    AssignmentRefused,
    add_wrong_answer,
    assign_lab,
    publish_release,
    request_report,
    use_release,
)
from labs.assignments.models import LabRelease, LabReport, WrongAnswer
from labs.assignments.reports import (
    findings_of,
    is_unchecked,
    open_reports,
    release_problem,
    sections_of,
    waiting_before,
)
from labs.assignments.work import check_release
from labs.grader.client import Checking, GraderAway, GraderRefused
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.queue.actions import take
from portal.users.models import User
from tests.classroom import DUE, NOW, OPENS, SOURCE, Classroom, SteadyGrader, make_run, pass_check, solved
from tests.counting import asking, costs_the_same
from tests.graders import encode, with_answers
from tests.labs.assignments.test_views import sign_in

pytestmark = pytest.mark.django_db
PROBLEM = {
    "section": "attacks", "severity": "error", "cell": 3, "message": "作弊样本得了分。", "message_en": "An attack earns points.",
}  # fmt: skip
RED = {
    "ok": False,
    "complete": True,
    "seconds": 31.2,
    "problems": [PROBLEM | {"severity": "warning", "message": "请复核。", "section": "budget"}, PROBLEM],
    "sections": [{"name": "solution", "passed": True}, {"name": "attacks", "passed": False}],
    "attacks": {"run": 60, "failures": [], "skipped": ["x"]},
}


class CheckingGrader:
    """Answers a check as told."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer
        self.asked: list[Checking] = []
        self.shown: list[tuple[str, int]] = []

    def check(self, checking: Checking) -> dict[str, Any]:
        self.asked.append(checking)
        if checking.listen is not None:
            checking.listen("attacks", 1, 2)
            self.shown += LabReport.objects.values_list("stage", "percent").filter(stage="attacks")
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def next_release(classroom: Classroom) -> LabRelease:
    return publish_release(
        lab=classroom.lab,
        source=encode(with_answers(SOURCE, t1="## 第 1 题 新")),
        files={},
        versions=[],
        grader=SteadyGrader(),
        by=classroom.instructor,
        at=NOW,
    )


def take_report(release: LabRelease) -> LabReport:
    row = take(
        release.reports.order_by("pk"), worker="host:1", at=NOW + timedelta(hours=1), lease=timedelta(seconds=30)
    )
    assert row is not None
    return row


def assign(classroom: Classroom, release: LabRelease, code: str) -> None:
    assign_lab(
        lab=classroom.lab, run=make_run(classroom.course, code), release=release, opens_at=OPENS, due_at=DUE,
        max_attempts=3, pass_percent=60, is_required=False, by=classroom.instructor, at=NOW,
    )  # fmt: skip


def test_a_new_release_waits_for_its_check_and_a_red_one_is_not_assigned(classroom: Classroom) -> None:
    release = next_release(classroom)
    unchecked = is_unchecked(release)
    with pytest.raises(AssignmentRefused, match="checking"):
        assign(classroom, release, "cdp-2029")
    grader = CheckingGrader(RED)

    check_release(take_report(release), grader=grader, at=NOW)

    assert unchecked and not is_unchecked(release)
    assert grader.shown == [("attacks", 48)]
    assert grader.asked[0].source == encode(with_answers(SOURCE, t1="## 第 1 题 新"))
    report = release.reports.get()
    assert (report.passed, report.status, report.percent) == (False, "done", 100)
    assert release_problem(release, on=NOW.date()) == "red"
    with pytest.raises(AssignmentRefused, match="red"):
        assign(classroom, release, "cdp-2027")
    with pytest.raises(AssignmentRefused, match="red"):
        use_release(assignment=classroom.assignment, release=release, by=classroom.instructor, at=NOW)
    notice = Notice.objects.get(user=classroom.instructor, kind="assignments.report_red")
    assert notice.url == "/labs/manage/labs/parking/releases/2/report/"
    assert AuditEvent.objects.filter(event="assignments.report_made").count() == 1


def test_a_green_report_lets_the_release_be_assigned_until_a_later_one_is_red(classroom: Classroom) -> None:
    release = next_release(classroom)
    check_release(take_report(release), grader=CheckingGrader({**RED, "ok": True, "problems": []}), at=NOW)
    assign(classroom, release, "cdp-2027")

    request_report(release=release, by=classroom.instructor, at=NOW + timedelta(minutes=5))
    check_release(take_report(release), grader=CheckingGrader(RED), at=NOW)

    with pytest.raises(AssignmentRefused, match="red"):
        assign(classroom, release, "cdp-2028")


def test_a_release_that_was_never_checked_is_not_assigned(classroom: Classroom) -> None:
    release = next_release(classroom)
    release.reports.update(status="needs_person", finished_at=NOW)
    with pytest.raises(AssignmentRefused, match="unchecked"):
        assign(classroom, release, "cdp-2027")
    release.reports.all().delete()
    with pytest.raises(AssignmentRefused, match="unchecked"):
        use_release(assignment=classroom.assignment, release=release, by=classroom.instructor, at=NOW)


def test_labs_of_courses_that_lead_to_a_certificate_are_checked_as_such(classroom: Classroom) -> None:
    grader = CheckingGrader(RED)
    check_release(take_report(next_release(classroom)), grader=grader, at=NOW)
    Certification.objects.create(code="CSSJ", name="城市数据", course=classroom.course, issuer="省大数据局")
    request_report(release=classroom.release, by=classroom.instructor, at=NOW)

    check_release(take_report(classroom.release), grader=grader, at=NOW)

    assert [checking.is_certification for checking in grader.asked] == [False, True]


def test_releases_that_were_never_checked_are_checked_before_repetitions(classroom: Classroom) -> None:
    pass_check(classroom.release)
    repeated = request_report(release=classroom.release, by=classroom.instructor, at=NOW)
    first = next_release(classroom).reports.get()

    assert [row.pk for row in open_reports() if row.is_waiting] == [first.pk, repeated.pk]
    assert (waiting_before(first), waiting_before(repeated)) == (0, 1)


def test_one_check_of_a_release_waits_at_a_time_and_authors_alone_ask(classroom: Classroom, outsider: User) -> None:
    release = next_release(classroom)

    again = request_report(release=release, by=classroom.instructor, at=NOW)

    assert again == release.reports.get()
    with pytest.raises(PermissionDenied):
        request_report(release=release, by=outsider, at=NOW)


def test_a_grader_that_is_away_costs_no_attempt_and_one_that_refuses_makes_the_report_red(classroom: Classroom) -> None:
    release = next_release(classroom)

    check_release(take_report(release), grader=CheckingGrader(GraderAway("no socket")), at=NOW)
    waiting = release.reports.get()
    release.reports.update(not_before=NOW)
    check_release(
        take_report(release), grader=CheckingGrader(GraderRefused("sandbox_unavailable", "沙箱不可用")), at=NOW
    )

    assert (waiting.status, waiting.attempts) == ("queued", 0)
    report = release.reports.get()
    assert report.passed is False
    assert [finding.message for finding in findings_of(report)] == ["沙箱不可用"]


def test_wrong_answers_go_along_and_are_kept_by_name(classroom: Classroom) -> None:
    for content in (solved("total = 4"), solved("total = 5")):
        add_wrong_answer(lab=classroom.lab, name="off-by-one.ipynb", content=content, by=classroom.instructor, at=NOW)
    grader = CheckingGrader(RED)

    check_release(take_report(next_release(classroom)), grader=grader, at=NOW)

    assert grader.asked[0].wrong == {"off-by-one.ipynb": solved("total = 5")}
    assert WrongAnswer.objects.filter(dropped_at__isnull=True).count() == 1
    assert WrongAnswer.objects.count() == 2


@pytest.fixture
def author(classroom: Classroom, client: Client) -> Client:
    return sign_in(client, classroom.instructor)


def test_page_shows_progress_then_what_to_do(author: Client, classroom: Classroom) -> None:
    release = next_release(classroom)
    page = "/labs/manage/labs/parking/releases/2/report/"
    waiting = author.get(page).content.decode()
    row = take_report(release)
    LabReport.objects.filter(pk=row.pk).update(stage="attacks", percent=40)
    running = author.get(page).content.decode()
    pass_check(release, ok=False, **{key: RED[key] for key in ("problems", "sections", "attacks")})

    red = author.get(page).content.decode()

    assert 'hx-trigger="every 2s"' in waiting and "hx-trigger" in running and "hx-trigger" not in red
    assert "作弊得不到分" in running and "40" in running
    assert red.index("作弊样本得了分。") < red.index("请复核。")
    assert "60 / 61" in red and "必须修改" in red


def test_the_page_of_a_lab_asks_as_often_for_many_releases_as_for_one(author: Client, classroom: Classroom) -> None:
    def grow() -> None:
        for number in range(3):
            source = encode(with_answers(SOURCE, t1=f"## 第 1 题 新 {number}"))
            publish_release(
                lab=classroom.lab, source=source, files={}, versions=[], grader=SteadyGrader(),
                by=classroom.instructor, at=NOW,
            )  # fmt: skip

    costs_the_same(asking(author, "/labs/manage/labs/parking/"), row="/report/", grow=grow, most=23)


def test_a_report_asks_as_often_for_many_problems_as_for_one(author: Client, classroom: Classroom) -> None:
    def found(number: int) -> None:
        pass_check(classroom.release, ok=False, problems=[PROBLEM] * number, sections=RED["sections"])

    found(1)

    costs_the_same(
        asking(author, "/labs/manage/labs/parking/releases/1/report/"),
        row=str(PROBLEM["message"]),
        grow=lambda: found(8),
        most=18,
    )


def test_wrong_answers_ask_as_often_for_many_as_for_one(author: Client, classroom: Classroom) -> None:
    def grow(numbers: Iterable[int] = range(1, 5)) -> None:
        for number in numbers:
            name = f"{number}.ipynb"
            add_wrong_answer(lab=classroom.lab, name=name, content=solved(), by=classroom.instructor, at=NOW)

    grow(range(1))

    costs_the_same(asking(author, "/labs/manage/labs/parking/wrong-answers/"), row=".ipynb", grow=grow, most=18)


def test_author_uploads_and_drops_wrong_answers_and_asks_for_a_check(author: Client, classroom: Classroom) -> None:
    base = "/labs/manage/labs/parking/"

    kept = author.post(base + "wrong-answers/", {"answers": SimpleUploadedFile("a.ipynb", solved("total = 9"))})
    refused = author.post(base + "wrong-answers/", {"answers": SimpleUploadedFile("b.ipynb", b"no notebook")})
    asked = author.post(base + "releases/1/check/")
    dropped = author.post(base + "wrong-answers/drop/", {"name": "a.ipynb"})

    assert (kept.status_code, refused.status_code, asked.status_code, dropped.status_code) == (302, 400, 302, 302)
    assert "b.ipynb" in refused.content.decode()
    assert classroom.release.reports.filter(passed__isnull=True).count() == 1
    assert not WrongAnswer.objects.filter(dropped_at__isnull=True).exists()
    assert author.post(base + "wrong-answers/drop/", {"name": "a.ipynb"}).status_code == 404


def test_unchecked_release_cannot_be_chosen_in_the_form(author: Client, classroom: Classroom) -> None:
    release = next_release(classroom)
    run = make_run(classroom.course, "cdp-2027")
    now = timezone.localtime()
    terms = {"run": run.pk, "release": release.pk, "opens_at": now.strftime("%Y-%m-%dT%H:%M")}
    terms |= {"due_at": (now + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M"), "pass_percent": 60}
    terms |= {"attempts_policy": "best", "appeal_days": 7}

    response = author.post("/labs/manage/labs/parking/assign/", terms)

    assert response.status_code == 400
    assert "正在检查" in response.content.decode()


def test_sections_are_named_for_people(classroom: Classroom) -> None:
    pass_check(classroom.release, ok=False, **{key: RED[key] for key in ("problems", "sections", "attacks")})

    sections = sections_of(classroom.release.reports.get())

    assert [(str(section.title), section.passed) for section in sections] == [
        ("参考答案每次都得满分", True),
        ("作弊得不到分", False),
    ]
