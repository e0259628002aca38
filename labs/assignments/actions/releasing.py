"""Making labs and their immutable releases."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath

import nbformat
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from courses.catalog.models import Course
from courses.partners.models import PartnerProgram
from labs.assignments.models import Lab, LabQuestion, LabRelease, LabReleaseData, LabReport
from labs.assignments.notebooks import NotebookRefused, check_notebook
from labs.assignments.permissions import require_author
from labs.assignments.queries import release_files
from labs.assignments.storing import forget_stored, path_by_uuid, read_stored, store_durably
from labs.datasets.models import DatasetVersion
from labs.datasets.mounts import prepare_set
from labs.datasets.passports import passport_problems, report_in_force
from labs.datasets.reaching import versions_of
from labs.grader.client import Grader, GraderRefused
from labs.grader.protocol import Inspection, NotebookProblem
from portal.audit.actions import record
from portal.users.models import User

MOST_FILES = 50
LARGEST_FILES_BYTES = 20 * 1024 * 1024


class ReleaseRefused(Exception):
    """The source cannot be released; `problems` say where and why."""

    def __init__(self, problems: list[NotebookProblem]) -> None:
        super().__init__("; ".join(problem.message_en for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class _Bundle:
    """What a release is made of."""

    lab: Lab
    source: bytes
    files: Mapping[str, bytes]
    versions: tuple[DatasetVersion, ...]
    environment: str

    @property
    def content_sha256(self) -> str:
        """Names the release: the same content is the same release."""
        content = {
            "source": hashlib.sha256(self.source).hexdigest(),
            "files": {name: hashlib.sha256(body).hexdigest() for name, body in self.files.items()},
            "environment": self.environment,
            "datasets": sorted(
                f"{version.dataset.code}/{version.number}:{version.sha256}" for version in self.versions
            ),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def create_lab(  # noqa: PLR0913  (a lab has these names)
    *,
    code: str,
    title: str,
    title_en: str = "",
    summary: str = "",
    summary_en: str = "",
    course: Course,
    program: PartnerProgram | None,
    identity: uuid.UUID | None = None,
    by: User,
    at: datetime,
) -> Lab:
    """Make a lab without any release yet. Raises PermissionDenied."""
    lab = Lab.objects.create(
        uuid=identity or uuid.uuid4(),
        code=code,
        title=title,
        title_en=title_en,
        summary=summary,
        summary_en=summary_en,
        course=course,
        program=program,
        created_at=at,
    )
    require_author(by, lab, timezone.localdate(at))
    record(by=by, at=at, event="assignments.lab_created", target=lab)
    return lab


def publish_release(
    *,
    lab: Lab,
    source: bytes,
    files: Mapping[str, bytes],
    versions: Iterable[DatasetVersion],
    grader: Grader,
    by: User,
    at: datetime,
) -> LabRelease:
    """Check a source notebook and make the lab's release of it, or return the one with the same content.

    Raises PermissionDenied, ReleaseRefused, StorageFull, and what the grader raises when it is away.
    """
    require_author(by, lab, timezone.localdate(at))
    _check_bundle(lab, source, files)
    wanted = tuple(versions)
    _refuse_data(wanted, by, timezone.localdate(at))
    bundle = _Bundle(lab, source, dict(files), wanted, grader.environment_digest())
    present = LabRelease.objects.filter(lab=lab, content_sha256=bundle.content_sha256).first()
    if present is not None:
        return present
    try:
        folder = prepare_set(wanted, reader=lab.uuid, because=f"lab:{lab.uuid}", at=at)
        inspection = grader.inspect(source, files, folder)
        if not inspection.is_sound:
            raise ReleaseRefused(inspection.problems)
        notebook = grader.release(source)
    except GraderRefused as refusal:
        raise ReleaseRefused([NotebookProblem(None, refusal.message, str(refusal))]) from refusal
    return _store(bundle, notebook, inspection, by, at)


@transaction.atomic
def hand_out_source(*, release: LabRelease, by: User, at: datetime) -> dict[str, bytes]:
    """Note that an author took solutions and hidden tests away, and return the files of the source."""
    require_author(by, release.lab, timezone.localdate(at))
    record(by=by, at=at, event="assignments.source_handed_out", target=release, details={"number": release.number})
    name = f"{release.lab.code}.ipynb"
    return {**release_files(release, release.lab.code), name: read_stored("releases", release.source_path)}


def _check_bundle(lab: Lab, source: bytes, files: Mapping[str, bytes]) -> None:
    problems = []
    try:
        check_notebook(source)
        nbformat.validate(nbformat.reads(source.decode("utf-8"), as_version=4))  # type: ignore[no-untyped-call]  # partial types
    except NotebookRefused as refusal:
        problems.append(NotebookProblem(None, refusal.message, refusal.message_en))
    except (nbformat.ValidationError, nbformat.reader.NotJSONError, ValueError) as error:
        reason = str(error).splitlines()[0][:200]
        problems.append(
            NotebookProblem(None, f"笔记本不符合 nbformat：{reason}", f"The notebook is not valid nbformat: {reason}")
        )
    if len(files) > MOST_FILES or sum(map(len, files.values())) > LARGEST_FILES_BYTES:
        problems.append(
            NotebookProblem(
                None,
                f"附带文件最多 {MOST_FILES} 个、共 20 MB。",
                f"At most {MOST_FILES} files and 20 MB beside the notebook.",
            )
        )
    for name in files:
        path = PurePosixPath(name)
        is_outside = path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or name.startswith(".")
        if not name or is_outside or len(name) > 200 or path.suffix == ".ipynb":
            problems.append(
                NotebookProblem(None, f"文件名不合法：{name[:80]}", f"This file name cannot be used: {name[:80]}")
            )
    if problems:
        raise ReleaseRefused(problems)


def _refuse_data(versions: Iterable[DatasetVersion], by: User, on: date) -> None:
    """Refuse data without an approved report that is still valid, or without a grant to the author."""
    granted = versions_of([by.pk], on)[by.pk]
    found = passport_problems(versions, on=on)
    problems = [NotebookProblem(None, problem.message, problem.message_en) for problem in found.values()]
    problems += [
        NotebookProblem(
            None,
            f"您没有获得数据 {version} 的使用授权，请向数据管理员申请。",
            f"You have no grant of the data {version}; ask its data steward.",
        )
        for version in versions
        if version.pk not in granted and version.pk not in found
    ]
    if problems:
        raise ReleaseRefused(problems)


def _store(bundle: _Bundle, notebook: bytes, inspection: Inspection, by: User, at: datetime) -> LabRelease:
    identity = uuid.uuid4()
    stored: list[str] = []

    def store(suffix: str, content: bytes) -> str:
        path = path_by_uuid(identity, suffix)
        store_durably("releases", path, content)
        stored.append(path)
        return path

    try:
        source_path, notebook_path = store("-source.ipynb", bundle.source), store("-release.ipynb", notebook)
        described = [
            {
                "name": name,
                "path": store(f"-file-{number}", body),
                "sha256": hashlib.sha256(body).hexdigest(),
                "bytes": len(body),
            }
            for number, (name, body) in enumerate(sorted(bundle.files.items()))
        ]
        return _write_rows(bundle, inspection, identity, source_path, notebook_path, described, by, at)
    except BaseException:
        for path in stored:
            forget_stored("releases", path)
        raise


@transaction.atomic
def _write_rows(
    bundle: _Bundle,
    inspection: Inspection,
    identity: uuid.UUID,
    source_path: str,
    notebook_path: str,
    files: list[dict[str, object]],
    by: User,
    at: datetime,
) -> LabRelease:
    lab = Lab.objects.select_for_update().get(pk=bundle.lab.pk)
    last = LabRelease.objects.filter(lab=lab).aggregate(last=Max("number"))["last"] or 0
    release = LabRelease.objects.create(
        uuid=identity,
        lab=lab,
        number=last + 1,
        content_sha256=bundle.content_sha256,
        environment_digest=bundle.environment,
        source_path=source_path,
        notebook_path=notebook_path,
        files=files,
        created_at=at,
        created_by=by,
        variant=inspection.variant,
    )
    for version in bundle.versions:
        report = report_in_force(version, timezone.localdate(at))
        LabReleaseData.objects.create(release=release, version=version, risk_report=report)
    _write_questions(release, inspection)
    LabReport.objects.create(release=release, requested_by=by, created_at=at, not_before=at)
    details = {"number": release.number, "content_sha256": release.content_sha256, "environment": bundle.environment}
    record(by=by, at=at, event="assignments.release_published", target=release, details=details)
    return release


def _write_questions(release: LabRelease, inspection: Inspection) -> None:
    for order, question in enumerate(inspection.questions):
        LabQuestion.objects.create(
            release=release,
            grade_id=question.id[:80],
            title=question.title[:120],
            kind=question.kind,
            max_score=question.hundredths,
            order=order,
        )
