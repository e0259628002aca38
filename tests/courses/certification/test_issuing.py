"""Awards are made once, numbered without gaps, and printed from their snapshot."""

from __future__ import annotations

import io
import threading
from datetime import date
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from courses.certification import work as certification_work
from courses.certification.actions import award_for_completion, supersede_award
from courses.certification.models import AwardDocument, CertificationAward, IssueRequest, SerialCounter
from courses.certification.printing import DoesNotFit, GlyphMissing, render_certificate
from courses.certification.snapshots import digest, last_valid_day
from courses.learning.models import CourseCompletion
from courses.learning.signals import course_completed
from portal.audit.actions import record
from portal.audit.anchors import newest_seal, noted
from portal.audit.models import AuditEvent
from portal.audit.sealing import seal_everything
from portal.audit.verification import verify_chain
from portal.notifications.models import Notice
from portal.queue.registry import kinds_of
from portal.queue.worker import work_once
from portal.users.models import User
from tests.courses.certification.making import AT, certify, complete, make_certification, make_course, make_run
from tests.people import Province

KIND = next(kind for kind in kinds_of("other") if kind.name == "issue certificates")


@pytest.fixture
def completion(official: User) -> CourseCompletion:
    course = make_course()
    make_certification(course)
    return complete(official, make_run(course))


@pytest.fixture
def requested(completion: CourseCompletion) -> IssueRequest:
    course_completed.send(sender=CourseCompletion, completion=completion, at=AT)
    return IssueRequest.objects.get()


def work() -> bool:
    return work_once(KIND, "test:1")


def make_ready_again() -> None:
    IssueRequest.objects.update(not_before=AT, lease_until=None)


def test_a_completed_course_is_certified_printed_and_told(requested: IssueRequest, official: User) -> None:
    assert work()

    award = CertificationAward.objects.get()
    assert award.user == official
    assert award.serial == f"ZHZL-{award.awarded_at.year}-000001"
    assert award.snapshot["person"] == {"name": "李伟", "unit": "长安区数据局", "post": "工程师"}
    assert award.snapshot["course"]["hours"] == 1000
    assert digest(award.snapshot) == award.snapshot_sha256
    assert Notice.objects.get(user=official).params["serial"] == award.serial
    assert set(AuditEvent.objects.values_list("event", flat=True)) >= {"certification.awarded", "certification.printed"}
    requested.refresh_from_db()
    assert requested.status == "done"


def test_the_page_holds_the_facts_in_chinese_and_nothing_is_fetched(requested: IssueRequest) -> None:
    work()
    award = CertificationAward.objects.get()

    text = "".join(PdfReader(io.BytesIO(_stored(award.document.path))).pages[0].extract_text().split())

    for fact in ("李伟", "长安区数据局", "智慧城市治理能力证书", award.serial, "10学时", award.snapshot_sha256):
        assert fact in text
    assert "考核合格" not in text, "nothing was examined in this course"


def test_a_successor_prints_whose_place_it_has_and_the_holder_reads_why(
    requested: IssueRequest, official: User, hr_province: User
) -> None:
    work()
    first = CertificationAward.objects.get()
    before = _stored(first.document.path)
    supersede_award(award=first, reason="姓名更正", by=hr_province, at=timezone.now())
    work()

    successor = CertificationAward.objects.get(supersedes=first)
    text = "".join(PdfReader(io.BytesIO(_stored(successor.document.path))).pages[0].extract_text().split())
    assert f"替代证书{first.serial}" in text
    assert _stored(first.document.path) == before
    assert Notice.objects.get(user=official, kind="certification.replaced").params["reason"] == "姓名更正"


def test_a_course_without_certification_waits_for_nothing(official: User) -> None:
    completion = complete(official, make_run(make_course()))

    course_completed.send(sender=CourseCompletion, completion=completion, at=AT)

    assert not IssueRequest.objects.exists()


def test_killed_between_award_and_page_there_is_one_award_and_one_page(
    requested: IssueRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(**_: Any) -> bytes:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(certification_work, "render_certificate", killed)
        with pytest.raises(SystemExit):
            work()
    assert (CertificationAward.objects.count(), AwardDocument.objects.count()) == (1, 0)
    IssueRequest.objects.update(lease_until=AT)

    assert work()

    assert (CertificationAward.objects.count(), AwardDocument.objects.count()) == (1, 1)
    assert SerialCounter.objects.get().last == 1
    assert Notice.objects.count() == 1


def test_killed_between_page_and_row_it_prints_again(requested: IssueRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(**_: Any) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(AwardDocument.objects, "create", killed)
        with pytest.raises(SystemExit):
            work()
    IssueRequest.objects.update(lease_until=AT)

    assert work()

    document = AwardDocument.objects.get()
    assert _stored(document.path).startswith(b"%PDF")


def test_a_name_that_no_font_can_write_is_refused_by_character(requested: IssueRequest, official: User) -> None:
    official.name = "李\ue123"
    official.save()

    work()

    requested.refresh_from_db()
    assert "U+E123" in requested.error
    assert not AwardDocument.objects.exists()


def test_who_can_help_is_told_and_the_holder_is_promised_nothing(
    requested: IssueRequest, official: User, hr_province: User, hr_county: User, administrator: User, client: Client
) -> None:
    other = make_certification(requested.completion.course, code="ERSTE")
    User.objects.filter(pk=official.pk).update(name="李\ue123")
    for _ in range(2):
        work()
        make_ready_again()

    assert CertificationAward.objects.filter(certification=other).exists()  # the first that fails stops no other
    told = {notice.user.username: notice.kind for notice in Notice.objects.exclude(kind="certification.awarded")}
    assert told == {
        "li.wei": "certification.unprintable",
        "chen.jing": "certification.glyph_missing",
        "sun.qiang": "certification.glyph_missing",
    }
    assert Notice.objects.filter(user=hr_province, kind="certification.glyph_missing").count() == 2  # one of each award
    client.force_login(official)
    page = client.get("/certificates/").content.decode()
    assert "PDF 无法自动生成" in page
    award = CertificationAward.objects.first()
    assert award is not None
    assert "一分钟内" not in client.get(f"/certificates/{award.uuid}/certificate.pdf").content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 1.0])
def test_the_longest_values_of_the_models_are_printed_without_touching(share: float) -> None:
    def long(limit: int) -> str:
        return ("智慧城市治理与数据要素市场化配置" * 8)[: int(limit * share)]

    program = {"partner": long(120), "signatory_title": long(120), "signatory_name": long(80)}
    snapshot = {
        **_snapshot(long(80)),
        "issuer": long(120),
        "program": program,
        "run": {"name": long(120)},
        "certification": {"name": long(120), "name_en": "W" * int(160 * share)},
        "course": {"title": long(120), "hours": 1000},
        "person": {"name": long(80), "unit": long(120)},
    }

    pdf = _rendered(snapshot)

    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert pdf == _rendered(snapshot)


def test_what_fits_in_no_type_is_refused() -> None:
    snapshot = {**_snapshot("李伟"), "course": {"title": "智慧城市治理" * 600, "hours": 1000}}

    with pytest.raises(DoesNotFit):
        _rendered(snapshot)


def test_rare_characters_of_names_are_printed_and_pages_are_repeatable() -> None:
    snapshot = _snapshot("𠮷䶮㛃")

    first, again = (_rendered(snapshot) for _ in range(2))

    assert first == again
    with pytest.raises(GlyphMissing) as refusal:
        _rendered(_snapshot("李\ue000"))
    assert refusal.value.characters == "\ue000"


def test_markup_in_a_name_stays_text() -> None:
    text = PdfReader(io.BytesIO(_rendered(_snapshot("<img src=file:///etc/passwd>")))).pages[0].extract_text()

    assert "<img" in text


def test_serials_of_a_year_have_no_gap_and_years_begin_anew(world: Province) -> None:
    course = make_course()
    run, certification = make_run(course), make_certification(course)
    people = [world.person(f"person.{number}", "某人", world.department_a) for number in range(3)]

    with pytest.raises(RuntimeError), transaction.atomic():
        certify(people[0], run, certification)
        raise RuntimeError
    serials = [certify(person, run, certification).serial for person in people[:2]]
    # 31 December 16:30 UTC is New Year's Day in Shanghai.
    serials.append(certify(people[2], run, certification, AT.replace(month=12, day=31, hour=16, minute=30)).serial)

    assert serials == ["ZHZL-2026-000001", "ZHZL-2026-000002", "ZHZL-2027-000001"]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_eight_numbers_and_no_gap(world: Province) -> None:
    course = make_course()
    certification = make_certification(course)
    run = make_run(course)
    completions = [complete(world.person(f"person.{n}", "某人", world.department_a), run) for n in range(8)]
    start = threading.Barrier(8)
    failures: list[BaseException] = []

    def award(completion: CourseCompletion) -> None:
        try:
            start.wait()
            # Twice, as a second worker would after a lost lease.
            for _ in range(2):
                award_for_completion(certification=certification, completion=completion, at=AT)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=award, args=(completion,)) for completion in completions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    serials = CertificationAward.objects.order_by("serial").values_list("serial", flat=True)
    assert list(serials) == [f"ZHZL-2026-{number:06d}" for number in range(1, 9)]


def test_awards_are_never_changed_or_removed(completion: CourseCompletion, official: User) -> None:
    award = award_for_completion(certification=completion.course.certifications.get(), completion=completion, at=AT)

    for statement in ("UPDATE {} SET serial = 'X' WHERE id = %s", "DELETE FROM {} WHERE id = %s"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(CertificationAward._meta.db_table), [award.pk])


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 3, 20), 36, date(2029, 3, 19)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 20), None, None),
    ],
)
def test_validity_ends_on_the_eve(first: date, months: int | None, last: date | None) -> None:
    assert last_valid_day(first, months) == last


def _stored(path: str) -> bytes:
    with storages["certificates"].open(path) as file:
        return bytes(file.read())


def _rendered(snapshot: dict[str, Any]) -> bytes:
    return render_certificate(snapshot=snapshot, snapshot_sha256=digest(snapshot), verify_url="http://localhost/v/t/")


def _snapshot(name: str) -> dict[str, Any]:
    return {
        "serial": "ZHZL-2026-000001",
        "certification": {"name": "智慧城市治理能力证书", "name_en": ""},
        "issuer": "陕西省城市人才培训中心",
        "program": None,
        "person": {"name": name, "unit": "长安区数据局"},
        "course": {"title": "智慧城市治理", "hours": 1000},
        "run": {"name": "2026年第一期"},
        "completed_date": "2026-03-20",
        "awarded_at": "2026-03-20T02:00:00+00:00",
        "valid_from_date": "2026-03-20",
        "expires_date": None,
    }


def test_the_page_carries_the_newest_seal_of_the_audit_out_of_the_machine(requested: IssueRequest) -> None:
    record(by=None, at=AT, event="test.written")
    seal_everything(AT)
    seq, sealed = newest_seal() or (0, "")

    work()

    reader = PdfReader(io.BytesIO(_stored(CertificationAward.objects.get().document.path)))
    text = "".join(reader.pages[0].extract_text().split())
    assert f"审计封存值{seq}:{sealed}" in text
    assert len(reader.pages) == 1
    assert verify_chain(noted=[noted(f"{seq}:{sealed}")]).is_anchored


def test_without_a_seal_the_page_says_nothing_of_one(requested: IssueRequest) -> None:
    work()

    text = PdfReader(io.BytesIO(_stored(CertificationAward.objects.get().document.path))).pages[0].extract_text()
    assert "封存" not in text
