"""Reads of certificates: whose they are, how they stand, and what may be said about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from courses.learning.models import CourseCompletion
from portal.chains import current_at
from portal.organizations.models import JobAssignment
from portal.organizations.queries import access_people_for, managed_people_for
from portal.pages.templatetags.chengxue import day
from portal.users.identities import name_until
from portal.users.models import User
from portal.writing import name_key

from .models import AwardRevocation, Certification, CertificationAward, IssueRequest

STANDING = ("certification", "revocation", "superseded_by", "document", "completion__issue_request")
"""What must be read with an award so that its status needs no further query."""


TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
"""What `make_token` writes; anything else never reaches the database."""


class AwardStatus(StrEnum):
    """How an award stands on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class AwardStanding:
    """An award and how it stands."""

    award: CertificationAward
    status: AwardStatus
    on: date

    @property
    def label(self) -> str:
        """The status as people read it."""
        return {
            AwardStatus.VALID: _("Valid"),
            AwardStatus.EXPIRED: _("Expired"),
            AwardStatus.REVOKED: _("Revoked"),
            AwardStatus.SUPERSEDED: _("Replaced"),
        }[self.status]

    @property
    def tag(self) -> str:
        """Name of the tag's state."""
        states = {AwardStatus.VALID: "success", AwardStatus.EXPIRED: "warning", AwardStatus.REVOKED: "danger"}
        return states.get(self.status, "")

    @property
    def is_valid(self) -> bool:
        """Whether it holds."""
        return self.status == AwardStatus.VALID

    @property
    def is_current(self) -> bool:
        """Whether it is the end of its chain and not revoked, so that it can be revoked or replaced."""
        return self.status in (AwardStatus.VALID, AwardStatus.EXPIRED)

    @property
    def ended_because(self) -> str:
        """Since when and why it holds no longer, for its holder; empty while it does."""
        if self.status == AwardStatus.REVOKED:
            because = {"day": day(self.award.revocation.revoked_at), "reason": revocation_reason(self.award)}
            return _("Revoked on %(day)s: %(reason)s") % because
        if self.status == AwardStatus.SUPERSEDED:
            return _("Replaced by number %(serial)s.") % {"serial": self.award.superseded_by.serial}
        return ""

    @property
    def can_follow(self) -> bool:
        """Whether it was revoked and nothing has its place, so that a new award can follow."""
        return self.status == AwardStatus.REVOKED and not hasattr(self.award, "superseded_by")

    @property
    def has_document(self) -> bool:
        """Whether its certificate has been printed."""
        return hasattr(self.award, "document")

    @property
    def is_unprintable(self) -> bool:
        """Whether its certificate cannot be printed as it is; those in charge have been told (`tell_unprintable`)."""
        return not self.has_document and is_unprintable(self.award)


def standing(award: CertificationAward, on: date) -> AwardStanding:
    """Return how the award stands; read it with `STANDING` selected, so that this needs no query."""
    if hasattr(award, "revocation"):
        status = AwardStatus.REVOKED
    elif hasattr(award, "superseded_by"):
        status = AwardStatus.SUPERSEDED
    elif award.expires_date is not None and award.expires_date < on:
        status = AwardStatus.EXPIRED
    else:
        status = AwardStatus.VALID
    return AwardStanding(award=award, status=status, on=on)


def is_unprintable(award: CertificationAward) -> bool:
    """Return whether the last try to print ended with a character without a font, or with words that do not fit."""
    request: IssueRequest | None = getattr(award.completion, "issue_request", None)
    return request is not None and request.error.startswith(("GlyphMissing", "DoesNotFit"))


def current_awards() -> Q:
    """Condition on CertificationAward: neither replaced nor revoked."""
    return current_at() & Q(revocation__isnull=True)


def own_awards(user: User | AnonymousUser) -> QuerySet[CertificationAward]:
    """Return the user's own awards, newest first."""
    awards = CertificationAward.objects.select_related(*STANDING).order_by("-awarded_at", "-pk")
    return awards.filter(user_id=user.pk) if user.pk is not None else awards.none()


def access_awards_for(user: User | AnonymousUser, on: date) -> QuerySet[CertificationAward]:
    """Awards that the user may read: the own ones, and as hr, auditor or administrator those of people in scope."""
    awards = CertificationAward.objects.select_related(*STANDING, "user").order_by("-awarded_at", "-pk")
    if user.pk is None:
        return awards.none()
    return awards.filter(Q(user_id=user.pk) | Q(user__in=access_people_for(user, on).values("pk")))


def managed_awards_for(user: User | AnonymousUser, on: date) -> QuerySet[CertificationAward]:
    """Awards that the user may revoke or replace: of people looked after as hr or administrator, never the own ones."""
    awards = CertificationAward.objects.select_related(*STANDING, "user").order_by("-awarded_at", "-pk")
    if user.pk is None:
        return awards.none()
    return awards.filter(user__in=managed_people_for(user, on).values("pk")).exclude(user_id=user.pk)


def award_by_token(token: str) -> CertificationAward | None:
    """Return the award that the verification address names."""
    if not TOKEN.fullmatch(token):
        return None
    return CertificationAward.objects.select_related(*STANDING).filter(token=token).first()


def award_by_serial_and_name(serial: str, name: str) -> CertificationAward | None:
    """Return the award with this serial, if its holder is called so: on the paper, today or formerly."""
    awards = CertificationAward.objects.select_related(*STANDING, "user")
    award = awards.filter(serial__iexact=serial).first()
    if award is None:
        return None
    known = name_key(name) in (name_key(printed_name(award)), name_key(award.user.name))
    return award if known or name_until(award.user, name) else None


def printed_name(award: CertificationAward) -> str:
    """Return the name that the certificate prints."""
    return str(award.snapshot["person"]["name"])


def current_awards_of(completion: CourseCompletion) -> QuerySet[CertificationAward]:
    """Return the awards of a completion that nothing replaced, revoked ones too."""
    return completion.awards.current().select_related(*STANDING).order_by("pk")


def certifications_of(completion: CourseCompletion) -> list[Certification]:
    """Return what the completed course earns."""
    return list(completion.course.certifications.order_by("pk"))


def post_of(user: User, on: date) -> JobAssignment | None:
    """Return the person's primary post on the day."""
    posts = JobAssignment.objects.current(on).filter(user=user, is_primary=True)
    return posts.select_related("organization", "position").order_by("-start_date", "-pk").first()


def revocation_reason(award: CertificationAward) -> str:
    """Return why the award was revoked, or an empty string."""
    revocation: AwardRevocation | None = getattr(award, "revocation", None)
    return revocation.reason if revocation else ""
