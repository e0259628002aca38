"""What each role may do, in a sentence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Role

SENTENCES: dict[str, str | Promise] = {
    Role.LEARNER: _("Enrolls in courses, does labs and earns learning hours and certificates."),
    Role.INSTRUCTOR: _(
        "Writes courses and labs of a program, teaches its runs, marks submissions and answers appeals."
    ),
    Role.LAB_AUTHOR: _("Writes and checks labs of a program or run; sees no trainee's personal record."),
    Role.DATA_STEWARD: _("Takes in city data of the units in reach, de-identifies them and proposes releases."),
    Role.PRIVACY_OFFICER: _("Approves or returns risk reports on data of the units in reach and withdraws releases."),
    Role.POLICY_EDITOR: _(
        "Keeps the policies of the whole province: imports texts, links clauses, decides on reviews."
    ),
    Role.HR: _("Makes accounts of the units in reach, transfers people, sees who is certified, corrects and exports."),
    Role.AUDITOR: _("Reads the record of what was done in the units in reach; changes nothing."),
    Role.ADMINISTRATOR: _("Looks after accounts, roles, units and pages in reach and decides what is published."),
}
