"""What instructors and trainees are told of labs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register_notice
from portal.pages.templatetags.chengxue import closing_in_words

from . import receivers


def register() -> None:
    """Register the sentences of this app's notices."""
    register_notice("assignments.report_red", _("Release %(number)s of the lab “%(lab)s” did not pass its check"))
    register_notice(
        "assignments.report_green", _("Release %(number)s of the lab “%(lab)s” passed its check and can be assigned")
    )
    register_notice(
        receivers.WITHDRAWN, _("The lab “%(lab)s” is frozen: the data “%(dataset)s” was withdrawn (%(reason)s)")
    )
    register_notice(
        receivers.ENDED,
        _("The lab “%(lab)s” is frozen: the risk report on the data “%(dataset)s” ended on %(date)s"),
    )
    register_notice(
        "assignments.pass_mark_changed",
        _("The pass mark of the lab “%(lab)s” is now %(percent)s %% (before: %(before)s %%). Reason: %(reason)s"),
    )
    register_notice("assignments.taken_back", _("The lab “%(lab)s” was withdrawn from “%(run)s”. Reason: %(reason)s"))
    register_notice("assignments.set", _("A lab was set for “%(run)s”: “%(lab)s”, due %(due)s."), _in_words)
    register_notice(
        "assignments.due_changed",
        _("The lab “%(lab)s” of “%(run)s” is now due %(due)s (before: %(before)s)."),
        _in_words,
    )
    register_notice("assignments.put_back", _("The lab “%(lab)s” can be done again in “%(run)s”."))
    register_notice("assignments.extended", _("You have more time or attempts for the lab “%(lab)s”: %(reason)s"))


def _in_words(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Instants as the reader's language says them."""
    said = {name: closing_in_words(datetime.fromisoformat(facts[name])) for name in ("due", "before") if name in facts}
    return {**facts, **said}
