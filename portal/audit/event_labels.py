"""Names and sentences of this app's audit events."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .details import Word
from .sentences import event_label

LABELS = {
    "audit.words_erased": _("Words of audit events erased"),
    "audit.check_asked": _("Verification of the audit chain asked for"),
    "audit.checked": _("Audit chain verified"),
    "audit.exported": _("Audit events exported"),
}

WORDS: dict[str, Word | Mapping[str, str | Promise]] = {
    "audit.exported.form": {"csv": "CSV", "xlsx": "XLSX"},
    "audit.exported.what": lambda code: event_label(str(code)),
}

SENTENCES = {
    "audit.words_erased": _("%(actor)s erased the words of audit events"),
    "audit.check_asked": _("%(actor)s asked for a verification of the audit chain"),
    "audit.checked": _("%(actor)s verified the audit chain"),
    "audit.exported": _("%(actor)s exported audit events"),
}
