"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {"exports.fetched": _("File of an export downloaded")}

SENTENCES = {"exports.fetched": _("%(actor)s downloaded the file of an export")}
