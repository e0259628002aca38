"""Why something about an outgoing file is not done."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "no_reason": _("Say why: it is written down for whoever asks later."),
    "passed": _("This file may leave already; download it in the lab."),
    "asked": _("You have asked for this file already."),
    "not_asked": _("The trainee has not asked for this file yet."),
    "decided": _("This file was decided on already."),
    "own": _("Nobody decides on a file of one's own."),
    "destroyed": _("The bytes of this file were destroyed. Download it in the lab again, then ask again."),
    "same_rule": _("This rule is in force already."),
    "stale": _("Somebody else has set the rule of this dataset. Reload the page."),
}


class OutgoingRefused(Exception):
    """Refused; `code` says why and `str()` says it to a person in the active language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(SENTENCES[self.code])
