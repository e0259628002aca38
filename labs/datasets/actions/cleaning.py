"""Writing the plan by which a dataset's deliveries are cleaned, and having it carried out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from labs.datasets.cleaning.plan import PlanWrong, parse_plan
from labs.datasets.models import CleaningPlan, Dataset, Import, RawBatch
from labs.datasets.models.desk_work import OPEN_WORK
from labs.datasets.permissions import DESK, STEWARD, require
from labs.datasets.queries import latest_plan
from labs.datasets.refusals import DeskRefused
from labs.datasets.replaying import PREFIX, clean_address
from portal.audit.actions import record
from portal.users.models import User

from .importing import ask_import


@transaction.atomic
def keep_plan(*, dataset: Dataset, document: dict[str, Any], seen: int, by: User | None, at: datetime) -> CleaningPlan:
    """Make the document the dataset's plan; `seen` is the number of the plan that the steward changed.

    Raises PermissionDenied and DeskRefused.
    """
    require(by, dataset, STEWARD, timezone.localdate(at))
    try:
        document = parse_plan(document).as_json()
    except PlanWrong as wrong:
        raise DeskRefused(
            "plan_wrong", problem=_("The cleaning steps are wrong at %(place)s.") % {"place": wrong.place}
        ) from wrong
    row = Dataset.objects.select_for_update().get(pk=dataset.pk)
    last = latest_plan(row)
    if last is not None and last.document == document:
        return last
    if seen != (last.number if last else 0):
        raise DeskRefused("plan_stale", name=(last and last.created_by) or "—")
    plan = CleaningPlan.objects.create(dataset=row, number=seen + 1, document=document, created_at=at, created_by=by)
    details = {"plan": plan.number, "steps": [step["do"] for step in document["steps"]]}
    record(by=by, at=at, event="datasets.cleaning_changed", target=row, details=details)
    return plan


@transaction.atomic
def ask_cleaning(*, batch: RawBatch, plan: CleaningPlan, by: User | None, at: datetime) -> Import:
    """Have the worker clean the delivery by the plan into a delivery of its own, kept no longer than the raw one.

    Asked again it leads to the work that is under way. Raises PermissionDenied and DeskRefused.
    """
    require(by, batch.dataset, STEWARD, timezone.localdate(at))
    if batch.is_destroyed:
        raise DeskRefused("destroyed", date=f"{batch.destroyed_at:%Y-%m-%d}")
    if batch.address.startswith(PREFIX):
        raise DeskRefused("cleaned_already")
    Dataset.objects.select_for_update().get(pk=batch.dataset_id)
    address = clean_address(batch, plan)
    open_work = Import.objects.filter(OPEN_WORK, dataset=batch.dataset, address=address).first()
    if open_work is not None:
        return open_work
    stem = batch.file_name.removesuffix(".gz").rpartition(".")[0][:100] or "data"
    return ask_import(
        dataset=batch.dataset,
        address=address,
        file_name=f"{stem}-{plan.number}.csv",
        file_format="csv",
        retention_date=batch.retention_date,
        by=by,
        at=at,
    )


@transaction.atomic
def note_export(*, batch: RawBatch, rows: int, by: User, at: datetime) -> None:
    """Write down that somebody took rows of raw data away as a file. Raises PermissionDenied."""
    require(by, batch.dataset, DESK, timezone.localdate(at))
    record(by=by, at=at, event="datasets.bad_rows_exported", target=batch, details={"rows": rows})
