"""What this app tells others at start: reduced rights are revoked at the hub, by the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.utils.translation import pgettext_lazy

from portal.audit.details import register_words
from portal.audit.sentences import register_labels
from portal.queue.registry import Kind, register_kind

from . import receivers  # noqa: F401  (they connect themselves)
from .actions import work_on_revocation
from .event_labels import LABELS, SENTENCES
from .models import HubRevocation, Scope

register_labels(LABELS, SENTENCES)
register_words({"hub.token_issued.scope": dict(Scope.choices), "hub.token_ended.scope": dict(Scope.choices)})
register_kind(
    Kind(
        name="hub.revocation",
        label=pgettext_lazy("kind of work", "Revocation of access to labs"),
        lane="other",
        rows=lambda: cast(Any, HubRevocation.objects.select_related("user").order_by("pk")),
        work=cast(Any, work_on_revocation),
        lease=timedelta(seconds=60),
    )
)
