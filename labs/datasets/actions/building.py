"""What the worker does with a build: make the release outside every place that a lab sees, and assess it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from labs.datasets.child import WorkCancelled, WorkRefused
from labs.datasets.deidentification.findings import finding
from labs.datasets.inventing import PREFIX
from labs.datasets.layout import ReleasedFile, version_digest
from labs.datasets.models import Build, Draft, DraftState, Outcome, RiskReport
from labs.datasets.progressing import Watched, end_when_tried_enough, end_work
from labs.datasets.queries import folder_of, officers_of
from labs.datasets.sealing import NotOpened
from labs.datasets.vault import Vault
from labs.datasets.workshop.description import About
from portal.audit.models import SYSTEM, AuditEvent
from portal.notifications.actions import notify
from portal.queue.actions import finish
from portal.users.models import User

from .moving import move

KEPT_ORIGINALS = ("csv", "inp")
LARGEST_ORIGINAL = 64 << 20
FULL_MESSAGE = (
    "磁盘已满，构建没有完成，也没有留下不完整的发布。腾出空间后重新构建；草案没有改变。",
    "The disk is full: the build did not finish and left nothing half-released. Free some space and build again; the draft"
    " is unchanged.",
)
LOST_MESSAGE = (
    "原始数据打不开：文件被改动，或加密密钥已更换。请重新导入。",
    "The raw data cannot be opened: the file was changed, or the key is another one. Import it again.",
)


def carry_out_build(row: Build) -> None:
    """Build; the draft is assessed when it ends well, and stays as it is otherwise."""
    watched = Watched(row)
    try:
        answer = _run(row, watched)
    except WorkRefused as problem:
        end_work(row, Outcome.REFUSED, at=timezone.now(), message=problem.message, message_en=problem.message_en)
    except WorkCancelled:
        end_work(row, Outcome.CANCELLED, at=timezone.now())
    except (NotOpened, FileNotFoundError):
        end_work(row, Outcome.REFUSED, at=timezone.now(), message=LOST_MESSAGE[0], message_en=LOST_MESSAGE[1])
    except OSError as problem:
        if watched.is_full(problem):
            end_work(row, Outcome.REFUSED, at=timezone.now(), message=FULL_MESSAGE[0], message_en=FULL_MESSAGE[1])
        else:
            end_when_tried_enough(row, problem)
    except Exception as problem:
        end_when_tried_enough(row, problem)
    else:
        finish_build(row, answer, at=timezone.now())


def _run(row: Build, watched: Watched) -> dict[str, Any]:
    draft, vault = row.draft, Vault.from_settings()
    batch = draft.batch
    with vault.scratch() as scratch:
        path = scratch / batch.file_name
        watched.progress("open", 0)
        vault.open_copy(batch.path, path, is_sealed=batch.is_encrypted)
        behind = _population(row, vault, scratch)
        keeps = batch.file_format in KEPT_ORIGINALS and not row.recipe.document and batch.bytes <= LARGEST_ORIGINAL
        answer = watched.run(
            {
                "work": "build",
                "path": str(path),
                "format": batch.file_format,
                "sha256": batch.sha256,
                "recipe": row.recipe.document or None,
                "population": behind,
                "key": vault.dataset_key(draft.dataset.uuid).hex(),
                "about": _about(draft),
                "words": draft.dictionary,
                "risk": _risk(row),
                "earlier": _earlier(draft) if row.recipe.document else [],
                "target": str(vault.build_folder(row.uuid)),
                "checkpoint": str(vault.checkpoint(row.uuid)),
                "is_invented": batch.address.startswith(PREFIX),
                "keeps_original": keeps and not path.name.endswith(".gz"),
                "sample": str(scratch / "sample.json"),
            }
        )
        if (scratch / "sample.json").is_file():
            vault.keep_sample(scratch / "sample.json", row.uuid)
        return answer


def _population(row: Build, vault: Vault, scratch: Path) -> dict[str, str] | None:
    """Open the table of the population beside the raw file, where there is one."""
    batch = row.population
    if batch is None:
        return None
    folder = scratch / "population"
    folder.mkdir(mode=0o700)
    path = folder / batch.file_name
    vault.open_copy(batch.path, path, is_sealed=batch.is_encrypted)
    return {"path": str(path), "format": batch.file_format, "sha256": batch.sha256}


def _about(draft: Draft) -> dict[str, str]:
    names = [name for name in About.__dataclass_fields__ if name != "statement"]
    return {name: getattr(draft.dataset, name) for name in names} | {"statement": draft.statement}


def _risk(row: Build) -> dict[str, Any]:
    """Return the head of RISK.json: no person and no time, so that the same release is the same bytes."""
    draft = row.draft
    behind = {"population_sha256": row.population.sha256} if row.population else {}
    return behind | {
        "dataset": draft.dataset.code,
        "statement": draft.statement,
        "release_class": draft.release_class,
        "reason": draft.reason,
        "reason_en": draft.reason_en,
        "source": draft.batch.address,
        "source_sha256": draft.batch.sha256,
        "recipe_sha256": row.recipe.sha256,
    }


def _earlier(draft: Draft) -> list[dict[str, Any]]:
    """Released versions of the dataset, withdrawn ones too: whoever copied them still has them."""
    found = []
    drafts = Draft.objects.filter(dataset=draft.dataset, version__isnull=False).select_related("version__dataset")
    for other in drafts.order_by("version__number"):
        build = other.builds.filter(outcome=Outcome.DONE).select_related("recipe").order_by("-pk").first()
        version = other.version
        if build is None or version is None or not build.recipe.document:
            continue
        places = [
            folder_of(version, settings.PATHS.datasets),
            Vault.from_settings().withdrawn_folder(version.dataset.code, version.number),
        ]
        table = next((place / "data.csv" for place in places if (place / "data.csv").is_file()), None)
        if table is not None:
            found.append({"name": str(version), "path": str(table), "recipe": build.recipe.document})
    return found


@transaction.atomic
def finish_build(row: Build, answer: dict[str, Any], *, at: datetime) -> None:
    """Write down what the build found; the draft goes on to be assessed when it has not changed meanwhile."""
    if not finish(row, at=at):
        return
    files = [ReleasedFile(**file) for file in answer["files"]]
    findings = [*answer["findings"], *said_of_the_statement(row.draft)]
    Build.objects.filter(pk=row.pk).update(
        outcome=Outcome.DONE,
        percent=100,
        step="",
        numbers=answer["numbers"],
        findings=findings,
        files=answer["files"],
        columns=answer["columns"],
        rows=answer["rows"],
        engine=str(answer["numbers"].get("engine", "")),
        sha256=version_digest(files) if files else "",
    )
    row.refresh_from_db()
    draft = Draft.objects.select_for_update().select_related("dataset").get(pk=row.draft_id)
    if draft.state != DraftState.DRAFT or draft.revision != row.draft_revision or row.started_by is None:
        return
    details = {"build": str(row.uuid), "sha256": row.sha256, "stops": len(row.stops)}
    move(draft, DraftState.ASSESSED, revision=draft.revision, by=row.started_by, at=at, details=details)
    if not row.stops:
        prepare_report(draft, row, by=row.started_by, at=at)


def said_of_the_statement(draft: Draft) -> list[dict[str, Any]]:
    """Return what whoever signs must see: that somebody changed the register,
    which said before that there are persons."""
    if not draft.is_without_persons or draft.batch.address.startswith(PREFIX):
        return []
    changes = AuditEvent.objects.filter(event="datasets.dataset_changed", target_uuid=draft.dataset.uuid)
    for event in changes.select_related("actor").order_by("-at", "-pk"):
        if (event.details.get("before") or {}).get("has_persons") is True:
            who = event.actor_label or SYSTEM
            found = finding(
                "persons_unticked", "warn", who=who, date=f"{timezone.localtime(event.at):%Y-%m-%d}"
            ).as_json()
            return [{name: value for name, value in found.items() if name != "message"}]
    return []


def prepare_report(draft: Draft, build: Build, *, by: User, at: datetime) -> RiskReport:
    """Write the report on a build for somebody else to sign, and tell the privacy officers."""
    report = RiskReport.objects.create(
        draft=draft,
        build=build,
        release_class=draft.release_class,
        statement=draft.statement,
        reason=draft.reason,
        reason_en=draft.reason_en,
        numbers=_risk(build) | {"numbers": build.numbers, "findings": build.findings},
        output_sha256=build.sha256,
        prepared_by=by,
        prepared_at=at,
    )
    params = {"dataset": draft.dataset.title, "name": by.name}
    for officer in officers_of(draft.dataset, timezone.localdate(at)):
        if officer.pk != by.pk:
            notify(user=officer, kind="datasets.report_waits", params=params, url=reverse("datasets:list"), at=at)
    return report
