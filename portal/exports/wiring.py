"""What this app tells others at start: its work, what it does by date, its notice and its event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.audit.details import register_words
from portal.audit.sentences import register_labels
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, Kind, register_chore, register_kind

from .actions import remove_old_files, work_on_export
from .audit_events import EVENTS
from .event_labels import LABELS, SENTENCES
from .models import Export
from .notices import READY
from .registry import register_export, title_of


def _words(params: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"title": title_of(str(params.get("kind", "")))}


register_kind(
    Kind(
        name="exports.make",
        label=pgettext_lazy("kind of work", "Making of exports"),
        lane="exports",
        rows=lambda: cast(Any, Export.objects.order_by("pk")),
        work=work_on_export,
        lease=timedelta(minutes=2),
    )
)
register_chore(Chore("exports.remove", timedelta(hours=1), remove_old_files))
register_notice(READY, _("The file “%(title)s” that you asked for is ready."), _words)
register_labels(LABELS, SENTENCES)
register_words({"exports.fetched.kind": title_of})
for export in EVENTS:
    register_export(export)
