"""The desk's front page, the register, and the deliveries of a dataset."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labs.datasets.actions import (
    ask_import,
    cancel_work,
    change_dataset,
    create_draft,
    destroy_batch,
    keep_upload,
    register_dataset,
    register_source,
)
from labs.datasets.actions.twinning import scores_in_words
from labs.datasets.desk.forms import LARGEST_UPLOAD, DatasetForm, ReasonForm, UploadForm
from labs.datasets.desk.names import kind_label, type_label
from labs.datasets.desk.plotting import distribution, shares
from labs.datasets.desk.views.answering import act, refuse_unless
from labs.datasets.models import Dataset, Outcome, RawBatch
from labs.datasets.permissions import DESK, LOOKING, STEWARD, can, can_steward
from labs.datasets.queries import (
    access_batches_for,
    access_builds_for,
    access_datasets_for,
    access_drafts_for,
    access_imports_for,
    drafts_to_approve,
    passport_problems,
    renewals_to_approve,
)
from labs.datasets.refusals import DeskRefused
from labs.datasets.registry import facts_of
from labs.datasets.sources.catalog import CATALOG
from portal.users.asking import ask_first, typed_before
from portal.users.permissions import role_required, signed_in
from portal.users.rights import has_role

SHOWN = 50
VALUES = ("commonest", "min", "max", "histogram")
"""What a profile tells of single values; raw data is not for whoever only looks."""


@role_required(*LOOKING)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person, and everything that is under way."""
    user, today = signed_in(request), timezone.localdate()
    return render(
        request,
        "datasets/desk/overview.html",
        {
            "waiting": drafts_to_approve(user, today)[:SHOWN],
            "renewals": renewals_to_approve(user, today)[:SHOWN],
            "drafts": access_drafts_for(user, today)[:SHOWN],
            "datasets": access_datasets_for(user, today),
            "is_steward": has_role(user, *STEWARD, on=today),
        },
    )


@role_required(*STEWARD)
def register(request: HttpRequest) -> HttpResponse:
    """Show a new dataset, by hand or from the catalog of known sources."""
    user, today = signed_in(request), timezone.localdate()
    form = DatasetForm(request.POST or None, user=user, on=today)
    if request.method == "POST" and form.is_valid():
        words = dict(form.cleaned_data)
        code, owner = words.pop("code"), words.pop("owner")
        try:
            dataset = register_dataset(code=code, words=words, owner=owner, by=user, at=timezone.now())
        except DeskRefused as refused:
            form.add_error("code", str(refused))
        else:
            messages.success(request, _("The dataset is registered. Take its raw data in."))
            return redirect("datasets:desk_dataset", code=dataset.code)
    present = set(Dataset.objects.filter(code__in=CATALOG).values_list("code", flat=True))
    known = [source for source in CATALOG.values() if source.code not in present]
    return render(request, "datasets/desk/register.html", {"form": form, "known": known})


@role_required(*STEWARD)
@require_POST
def take_from_catalog(request: HttpRequest, code: str) -> HttpResponse:
    """Register a known source and have its data fetched."""
    source = CATALOG.get(code)
    if source is None:
        return redirect("datasets:desk_register")
    user, now = signed_in(request), timezone.now()

    def action(by: Any) -> None:
        dataset = register_source(source=source, owner=None, by=by, at=now)
        ask_import(
            dataset=dataset,
            address=source.address,
            expected_sha256=source.sha256,
            file_name=source.file_name,
            by=user,
            at=now,
        )

    done = _("The dataset is registered and its data is being fetched.")
    return act(request, action, done=done, to="datasets:desk_dataset", code=code)


@role_required(*LOOKING)
@require_safe
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """One dataset: deliveries, drafts, versions."""
    user, today = signed_in(request), timezone.localdate()
    shown = get_object_or_404(access_datasets_for(user, today), code=code)
    versions = list(shown.versions.select_related("dataset", "withdrawal").order_by("-number"))
    problems = passport_problems(versions, on=today)
    return render(
        request,
        "datasets/desk/dataset.html",
        {
            "dataset": shown,
            "imports": access_imports_for(user, today).filter(dataset=shown).exclude(outcome=Outcome.DONE)[:10],
            "batches": access_batches_for(user, today).filter(dataset=shown)[:SHOWN],
            "drafts": access_drafts_for(user, today).filter(dataset=shown)[:SHOWN],
            "versions": [(version, problems.get(version.pk)) for version in versions],
            "form": UploadForm(on=today),
            "is_steward": can_steward(user, shown, today),
            "cataloged": code in CATALOG,
            "facts": facts_of(shown, is_desk=True),
        },
    )


@role_required(*STEWARD)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the register says of a dataset."""
    user, today = signed_in(request), timezone.localdate()
    shown = get_object_or_404(access_datasets_for(user, today), code=code)
    refuse_unless(can_steward(user, shown, today))
    form = DatasetForm(request.POST or None, instance=Dataset.objects.get(pk=shown.pk), user=user, on=today)
    if request.method == "POST" and form.is_valid():
        change_dataset(dataset=shown, words=form.cleaned_data, by=user, at=timezone.now())
        messages.success(request, _("The register is changed."))
        return redirect("datasets:desk_dataset", code=code)
    return render(request, "datasets/desk/change.html", {"form": form, "dataset": shown})


@role_required(*STEWARD)
@require_POST
def deliver(request: HttpRequest, code: str) -> HttpResponse:
    """Have the worker take raw data in."""
    user, today = signed_in(request), timezone.localdate()
    shown = get_object_or_404(access_datasets_for(user, today), code=code)
    refuse_unless(can_steward(user, shown, today))
    form = UploadForm(request.POST, request.FILES, on=today)
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, " ".join(map(str, problems)))
        return redirect("datasets:desk_dataset", code=code)

    def action(by: Any) -> None:
        file, kept = form.cleaned_data["file"], ""
        if file:
            kept = keep_upload(file.chunks(), file.name, most_bytes=LARGEST_UPLOAD)
        ask_import(
            dataset=shown,
            address=f"upload:{file.name}" if file else form.cleaned_data["address"],
            expected_sha256=form.cleaned_data["sha256"],
            file_name=file.name if file else "",
            upload_path=kept,
            retention_date=form.cleaned_data["retention_date"],
            by=by,
            at=timezone.now(),
        )

    return act(request, action, done=_("The data is being taken in."), to="datasets:desk_dataset", code=code)


def _named(column: dict[str, Any]) -> dict[str, Any]:
    """Return the column with its type and what was found in it by their names."""
    kinds = {kind_label(kind): count for kind, count in column.get("identifiers", {}).items()}
    return column | {"type": type_label(column["type"]), "identifiers": kinds}


def _twin_words(batch: RawBatch) -> str:
    """Return how alike and how safe an invented batch is; empty for others."""
    scores = batch.profile.get("twin")
    return scores_in_words(scores)[get_language() == "en"] if scores else ""


@role_required(*LOOKING)
@require_safe
def batch(request: HttpRequest, batch_uuid: uuid.UUID) -> HttpResponse:
    """Show the profile of a delivery."""
    user, today = signed_in(request), timezone.localdate()
    shown = get_object_or_404(access_batches_for(user, today), uuid=batch_uuid)
    columns, rows = shown.profile.get("columns", []), shown.rows or 0
    destroying = reverse("datasets:destroy_batch", args=[shown.uuid])
    sees_values = can(user, shown.dataset, DESK, today)
    if not sees_values:
        columns = [{key: value for key, value in column.items() if key not in VALUES} for column in columns]
    context = {
        "batch": shown,
        "profile": shown.profile,
        "columns": [(_named(column), distribution(column, rows) if sees_values else "") for column in columns],
        "shares": shares(columns, rows),
        "twin_words": _twin_words(shown),
        "is_steward": can_steward(user, shown.dataset, today),
        "form": ReasonForm(initial={"reason": typed_before(request, destroying, "reason")}),
        "sees_rows": can(user, shown.dataset, DESK, today),
        "sealed": shown.is_encrypted,
        "days": settings.RAW_DATA_DAYS,
    }
    return render(request, "datasets/desk/batch.html", context)


@role_required(*STEWARD)
@require_POST
def begin_draft(request: HttpRequest, batch_uuid: uuid.UUID) -> HttpResponse:
    """Begin a draft on a delivery."""
    user, today = signed_in(request), timezone.localdate()
    shown = get_object_or_404(access_batches_for(user, today), uuid=batch_uuid)
    try:
        draft = create_draft(batch=shown, by=user, at=timezone.now())
    except DeskRefused as refused:
        messages.error(request, str(refused))
        return redirect("datasets:desk_batch", batch_uuid=batch_uuid)
    return redirect("datasets:draft", draft_uuid=draft.uuid)


@role_required(*DESK)
@require_POST
def destroy(request: HttpRequest, batch_uuid: uuid.UUID) -> HttpResponse:
    """Destroy the raw file of a delivery."""
    shown = get_object_or_404(access_batches_for(signed_in(request), timezone.localdate()), uuid=batch_uuid)
    question = ask_first(
        request,
        title=_("Destroy the raw file?"),
        text=_("Nobody can bring it back. Versions that were released from it stay; none can be built from it again."),
        button=_("Destroy"),
    )
    if question is not None:
        return question
    return act(
        request,
        lambda by: destroy_batch(batch=shown, reason=request.POST.get("reason", ""), by=by, at=timezone.now()),
        done=_("The raw file is destroyed; its record stays."),
        to="datasets:desk_batch",
        batch_uuid=batch_uuid,
    )


@role_required(*STEWARD)
@require_POST
def cancel(request: HttpRequest, work_uuid: uuid.UUID) -> HttpResponse:
    """Stop an import or a build."""
    user, today = signed_in(request), timezone.localdate()
    build = access_builds_for(user, today).filter(uuid=work_uuid).first()
    if build is not None:
        place: dict[str, Any] = {"to": "datasets:draft", "draft_uuid": build.draft.uuid}
        return act(
            request,
            lambda by: cancel_work(work=build, by=by, at=timezone.now()),
            done=_("It is being stopped."),
            **place,
        )
    work = get_object_or_404(access_imports_for(user, today), uuid=work_uuid)
    return act(
        request,
        lambda by: cancel_work(work=work, by=by, at=timezone.now()),
        done=_("It is being stopped."),
        to="datasets:desk_dataset",
        code=work.dataset.code,
    )
