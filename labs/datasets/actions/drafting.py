"""Writing drafts: the recipe, the words around it, and the build that tries them out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language

from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.recipe import parse_recipe
from labs.datasets.models import (
    Build,
    Dataset,
    DeskWork,
    Draft,
    DraftEvent,
    DraftState,
    Import,
    Outcome,
    RawBatch,
    Recipe,
    ReleaseClass,
    Statement,
)
from labs.datasets.models.desk_work import OPEN_WORK
from labs.datasets.permissions import STEWARD, require
from labs.datasets.refusals import DeskRefused
from labs.datasets.sources import source_of
from portal.audit.actions import record
from portal.queue.models import WorkStatus
from portal.users.models import User

from .moving import touch
from .twinning import what_a_twin_begins_with

FIELDS = ("document", "release_class", "statement", "reason", "reason_en", "dictionary", "batch", "population")
DELIVERIES = ("batch", "population")


@transaction.atomic
def create_draft(*, batch: RawBatch, by: User | None, at: datetime, **fields: Any) -> Draft:
    """Begin a draft on the batch, with what the catalog knows about the dataset.

    `fields` may name document, release_class, statement, reason, reason_en and dictionary. Raises PermissionDenied
    and DeskRefused.
    """
    require(by, batch.dataset, STEWARD, timezone.localdate(at))
    if batch.is_destroyed:
        raise DeskRefused("destroyed", date=f"{batch.destroyed_at:%Y-%m-%d}")
    if batch.needs_cleaning:
        raise DeskRefused("needs_cleaning")
    dataset = Dataset.objects.select_for_update().get(pk=batch.dataset_id)
    last = Draft.objects.filter(dataset=dataset).aggregate(last=Max("number"))["last"] or 0
    values = (
        _known(dataset)
        | what_a_twin_begins_with(batch)
        | {name: value for name, value in fields.items() if name in FIELDS}
    )
    draft = Draft.objects.create(
        dataset=dataset,
        number=last + 1,
        batch=batch,
        created_at=at,
        created_by=by,
        changed_at=at,
        changed_by=by,
        **values,
    )
    DraftEvent.objects.create(draft=draft, from_state="", to_state=DraftState.DRAFT, at=at, by=by)
    record(by=by, at=at, event="datasets.draft_created", target=draft, details={"batch": str(batch.uuid)})
    return draft


def _known(dataset: Dataset) -> dict[str, Any]:
    """Return what a draft begins with: the last draft of the dataset, else the catalog."""
    last = Draft.objects.filter(dataset=dataset).order_by("-number").first()
    if last is not None:
        found = {name: getattr(last, name) for name in FIELDS if name not in DELIVERIES}
        return found | {"dictionary": last.dictionary | dataset.dictionary}
    source = source_of(dataset.code)
    if source is None:
        known: dict[str, Any] = {"dictionary": dict(dataset.dictionary)}
        if dataset.has_persons:
            return known
        return known | {"statement": Statement.NO_PERSONS, "release_class": ReleaseClass.PUBLIC}
    words = {
        "dictionary": source.dictionary | dataset.dictionary,
        "reason": source.reason,
        "reason_en": source.reason_en,
    }
    if dataset.has_persons:
        return words | {"document": dict(source.recipe)}
    return words | {"statement": Statement.NO_PERSONS, "release_class": ReleaseClass.PUBLIC}


@transaction.atomic
def change_draft(*, draft: Draft, revision: int, by: User | None, at: datetime, **fields: Any) -> Draft:
    """Change a draft that the steward saw at `revision`. Raises PermissionDenied and DeskRefused."""
    require(by, draft.dataset, STEWARD, timezone.localdate(at))
    if not draft.is_editable:
        raise DeskRefused("editing")
    values = {name: value for name, value in fields.items() if name in FIELDS}
    refuse_unwritable(values.get("document"))
    if "document" in values:
        # Only the officer accepts findings, in rows of their own; what a file says of it counts for nothing.
        values["document"] = {key: value for key, value in values["document"].items() if key != "accepted"}
    changed = sorted(name for name, value in values.items() if getattr(draft, name) != value)
    if "population" in changed and values["population"] is not None:
        require(by, values["population"].dataset, STEWARD, timezone.localdate(at))
    if not changed:
        return draft
    touch(draft, revision=revision, by=by, at=at, **values)
    record(by=by, at=at, event="datasets.draft_changed", target=draft, details={"changed": changed})
    return draft


def refuse_unwritable(document: Any) -> None:
    """JSON can name what UTF-8 and PostgreSQL cannot hold: NUL and half of a surrogate pair."""
    text = json.dumps(document, ensure_ascii=False)
    if "\\u0000" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise DeskRefused("unwritable")


def frozen_document(draft: Draft) -> dict[str, Any]:
    """Return the recipe as it is built: the draft's own, for its dataset and its class of release; {} without persons.

    Raises DeskRefused for a recipe that the engine would not take.
    """
    if draft.is_without_persons:
        return {}
    if not draft.document.get("columns"):
        raise DeskRefused("recipe_missing")
    refuse_unwritable(draft.document)
    document = dict(draft.document) | {"dataset": draft.dataset.code, "tier": draft.release_class}
    document.pop("accepted", None)
    if accepted := accepted_in(draft):
        document["accepted"] = accepted
    try:
        parse_recipe(document)
    except Refusal as refusal:
        raise DeskRefused("recipe_wrong", problem=refusal.text(chinese=get_language() != "en")) from refusal
    return document


def accepted_in(draft: Draft) -> list[dict[str, str]]:
    """Return what the officer answers for, in the form of a recipe."""
    rows = draft.accepted_findings.select_related("by").order_by("pk")
    return [{"check": row.check_name, "column": row.column, "reason": row.reason, "by": row.by.name} for row in rows]


@transaction.atomic
def start_build(*, draft: Draft, revision: int, by: User, at: datetime) -> Build:
    """Freeze the recipe and have the worker build it. Raises PermissionDenied and DeskRefused."""
    require(by, draft.dataset, STEWARD, timezone.localdate(at))
    if not draft.is_editable:
        raise DeskRefused("editing")
    if draft.batch.is_destroyed:
        raise DeskRefused("destroyed", date=f"{draft.batch.destroyed_at:%Y-%m-%d}")
    _refuse_statement(draft)
    document = frozen_document(draft)
    population = population_of(draft, document)
    recipe = _freeze(draft, document, by=by, at=at)
    if Build.objects.filter(OPEN_WORK, draft=draft).exists():
        raise DeskRefused("busy")
    touch(draft, revision=revision, by=by, at=at)
    try:
        with transaction.atomic():
            build = Build.objects.create(
                draft=draft,
                draft_revision=draft.revision,
                recipe=recipe,
                population=population,
                started_by=by,
                created_at=at,
                not_before=at,
            )
    except IntegrityError as problem:
        raise DeskRefused("busy") from problem
    details = {"recipe": recipe.sha256, "batch": draft.batch.sha256}
    record(by=by, at=at, event="datasets.build_started", target=draft, details=details)
    return build


def population_of(draft: Draft, document: Mapping[str, Any]) -> RawBatch | None:
    """Return the delivery that tells how many people there are, when anybody is described. Raises DeskRefused."""
    if not document:
        return None
    if draft.population is None:
        if document.get("k_map") or document.get("delta_presence") is not None:
            raise DeskRefused("population_missing")
        return None
    if draft.population.is_destroyed:
        raise DeskRefused("population_destroyed", date=f"{draft.population.destroyed_at:%Y-%m-%d}")
    return draft.population


def _refuse_statement(draft: Draft) -> None:
    if draft.is_without_persons:
        if draft.dataset.has_persons:
            raise DeskRefused("has_persons")
        if not draft.reason.strip():
            raise DeskRefused("no_reason")


def _freeze(draft: Draft, document: Mapping[str, Any], *, by: User, at: datetime) -> Recipe:
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    dataset = Dataset.objects.select_for_update().get(pk=draft.dataset_id)
    present = Recipe.objects.filter(dataset=dataset, sha256=sha256).first()
    if present is not None:
        return present
    last = Recipe.objects.filter(dataset=dataset).aggregate(last=Max("number"))["last"] or 0
    return Recipe.objects.create(
        dataset=dataset, number=last + 1, document=document, sha256=sha256, created_at=at, created_by=by
    )


@transaction.atomic
def cancel_work(*, work: DeskWork, by: User, at: datetime) -> None:
    """Stop an import or a build: at once when it waits, within a second when it runs.

    Raises PermissionDenied and DeskRefused.
    """
    dataset = work.dataset if isinstance(work, Import) else work.draft.dataset if isinstance(work, Build) else None
    assert dataset is not None
    require(by, dataset, STEWARD, timezone.localdate(at))
    rows = type(work)._default_manager.filter(pk=work.pk)
    asked = {"cancel_asked_at": at, "cancel_asked_by": by}
    if not rows.filter(status=WorkStatus.QUEUED).update(
        status=WorkStatus.DONE, outcome=Outcome.CANCELLED, finished_at=at, **asked
    ) and not rows.filter(status=WorkStatus.RUNNING).update(**asked):
        raise DeskRefused("finished")
    record(by=by, at=at, event="datasets.work_cancelled", target=dataset, details={"work": str(work.uuid)})
