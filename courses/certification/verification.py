"""What the public verification page says: facts of the snapshot and how the award stands, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.pages.templatetags.chengxue import day, hours
from portal.users.identities import name_until
from portal.writing import name_key

from .models import CertificationAward
from .queries import AwardStatus, printed_name, revocation_reason, standing
from .snapshots import digest


@dataclass(frozen=True)
class VerifiedFacts:
    """A certificate as everybody with its address may read it."""

    state: str
    reason: str
    rows: list[tuple[str, str]]
    sha256: str
    is_untouched: bool


def verified_facts(award: CertificationAward, on: date) -> VerifiedFacts:
    """Facts as printed, the status today, and whether the snapshot still has its digest."""
    status = standing(award, on).status
    return VerifiedFacts(
        state=status.value,
        reason=_reason(award, status),
        rows=_rows(award.snapshot),
        sha256=award.snapshot_sha256,
        is_untouched=digest(award.snapshot) == award.snapshot_sha256,
    )


def name_note(award: CertificationAward, asked: str) -> str:
    """Return what to say to somebody who asked by a name that the certificate does not print; nothing where it does.

    Says of the asked name only since or until when it holds: no name that the question did not hold.
    """
    if name_key(asked) == name_key(printed_name(award)):
        return ""
    until = name_until(award.user, asked)
    if name_key(asked) == name_key(award.user.name):
        return _("The name that you entered is the holder's name today. The certificate prints an earlier one.")
    return _("The name that you entered was the holder's name until %(day)s. The certificate prints another one.") % {
        "day": day(until)
    }


def _reason(award: CertificationAward, status: AwardStatus) -> str:
    if status == AwardStatus.REVOKED:
        said = _("Revoked on %(day)s: %(reason)s") % {
            "day": day(award.revocation.revoked_at),
            "reason": revocation_reason(award),
        }
        return f"{said} {_followed_by(award)}".strip()
    if status == AwardStatus.SUPERSEDED:
        return _("Replaced on %(day)s by the certificate with number %(serial)s. This one holds no longer.") % {
            "day": day(award.superseded_by.awarded_at),
            "serial": award.superseded_by.serial,
        }
    if status == AwardStatus.EXPIRED:
        return _("It was valid until %(day)s.") % {"day": day(award.expires_date)}
    return ""


def _followed_by(award: CertificationAward) -> str:
    """Return the award that was made in place of a revoked one."""
    if not hasattr(award, "superseded_by"):
        return ""
    return _("In its place the certificate with number %(serial)s was issued on %(day)s.") % {
        "serial": award.superseded_by.serial,
        "day": day(award.superseded_by.awarded_at),
    }


def _rows(snapshot: dict[str, Any]) -> list[tuple[str, str]]:
    program = snapshot["program"]
    expires = snapshot["expires_date"]
    rows = [
        (pgettext("person", "Name"), snapshot["person"]["name"]),
        (_("Unit"), snapshot["person"]["unit"]),
        (_("Certification"), snapshot["certification"]["name"]),
        (_("Certificate number"), snapshot["serial"]),
        (_("In place of number"), snapshot["supersedes"] or ""),
        (_("Course"), f"{snapshot['course']['title']} · {snapshot['run']['name']}"),
        (_("Learning hours"), hours(snapshot["course"]["hours"])),
        (_("Completed on"), day(date.fromisoformat(snapshot["completed_date"]))),
        (_("Issued on"), day(date.fromisoformat(snapshot["valid_from_date"]))),
        (_("Valid until"), day(date.fromisoformat(expires)) if expires else _("No end")),
        (_("Issuer"), snapshot["issuer"]),
        (
            _("Partner"),
            f"{program['partner']} · {program['signatory_title']} {program['signatory_name']}" if program else "",
        ),
    ]
    return [(label, value) for label, value in rows if value]
