"""What this app tells the apps below: its work, its notices, its rights on the authors' screens."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.audit.sentences import register_labels
from portal.knowledge.registry import TargetKind, register_target
from portal.notifications.registry import register_notice
from portal.queue.models import LeasedRow
from portal.queue.registry import Kind, register_kind
from portal.users.models import Role
from portal.users.wagtail_groups import register_permissions

from . import receivers  # noqa: F401  (they connect themselves)
from .clause_targets import KIND, certification_choices, resolve_certifications
from .event_labels import LABELS, SENTENCES
from .models import IssueRequest


def _waiting() -> QuerySet[LeasedRow]:
    return IssueRequest.objects.order_by("not_before", "pk")


def _issue(row: LeasedRow) -> None:
    # The printer's libraries are large; only the worker that prints loads them.
    from .work import issue_certificates

    issue_certificates(row)


register_kind(
    Kind(
        name="issue certificates",
        label=pgettext_lazy("kind of work", "Issue of certificates"),
        lane="other",
        rows=_waiting,
        work=_issue,
        lease=timedelta(seconds=60),
    )
)

register_notice("certification.awarded", _("You have been awarded “%(certification)s” (%(serial)s)."))
register_notice(
    "certification.replaced",
    _("Your certificate “%(certification)s” has been issued anew with number %(serial)s. Reason: %(reason)s"),
)
register_notice(
    "certification.awarded_again",
    _("You have been awarded “%(certification)s” anew with number %(serial)s, in place of the revoked one: %(reason)s"),
)
register_notice(
    "certification.revoked", _("Your certificate “%(certification)s” (%(serial)s) has been revoked: %(reason)s")
)

register_notice(
    "certification.unprintable",
    _(
        "Your certificate “%(certification)s” (%(serial)s) is valid, but its PDF could not be made. Your personnel officer has been told."
    ),
)
register_notice(
    "certification.glyph_missing",
    _(
        "The certificate %(serial)s of %(name)s cannot be printed: no font of this installation has %(characters)s. Correct the name, or have the administrator install a font."
    ),
)
register_notice(
    "certification.does_not_fit",
    _(
        "The certificate %(serial)s of %(name)s cannot be printed: its words do not fit on the page. Shorten the names of unit, course, run or issuer."
    ),
)

register_permissions(
    Role.ADMINISTRATOR, *(f"certification.{verb}_certification" for verb in ("add", "change", "delete", "view"))
)
register_labels(LABELS, SENTENCES)
register_target(TargetKind(KIND, _("Certification"), resolve_certifications, certification_choices))
