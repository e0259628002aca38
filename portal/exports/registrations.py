"""What this app tells others at start: its work, what it does by date, its notice and its event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from portal.audit.details import register_words
from portal.audit.sentences import register_labels
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, Kind, register_chore, register_kind

from .actions import remove_old_files, work_on_export
from .event_labels import LABELS, SENTENCES
from .models import Export
from .notices import READY
from .registry import export_kind


def title_of(code: str) -> str:
    """What a kind of export is called."""
    kind = export_kind(code)
    return str(kind.title) if kind is not None else code


def _words(params: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"title": title_of(str(params.get("kind", "")))}


register_kind(
    Kind("exports.make", "exports", lambda: cast(Any, Export.objects.order_by("pk")), work_on_export, timedelta(minutes=2))
)  # fmt: skip
register_chore(Chore("exports.remove", timedelta(hours=1), remove_old_files))
register_notice(READY, _("The file “%(title)s” that you asked for is ready."), _words)
register_labels(LABELS, SENTENCES)
register_words({"exports.fetched.kind": title_of})
