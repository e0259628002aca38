"""The workflow of policies and terms: a draft is sent in, a second person who looks after policies lets it out."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import GroupApprovalTask, Workflow, WorkflowContentType, WorkflowTask

from portal.users.wagtail_groups import PREFIX, ensure_group

from .models import GlossaryTerm, PolicyWork
from .permissions import EDITORS
from .taxonomy import load_themes

WORKFLOW = "政策审核"


@transaction.atomic
def set_up_moderation(user: Any = None) -> None:
    """Make the workflow and bring the editors' groups up to date; for a user who is no editor, nothing."""
    if user is not None and not user.groups.filter(name__in=[PREFIX + role for role in EDITORS]).exists():
        return
    groups = [ensure_group(role) for role in EDITORS]
    load_themes()
    workflow, is_new = Workflow.objects.get_or_create(name=WORKFLOW)
    if is_new:
        task = GroupApprovalTask.objects.create(name="政策编辑复核")
        task.groups.set(groups)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for model in (PolicyWork, GlossaryTerm):
        WorkflowContentType.objects.get_or_create(
            content_type=ContentType.objects.get_for_model(model), defaults={"workflow": workflow}
        )
