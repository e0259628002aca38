"""What in courses, labs and certifications rests on a clause, and what must be looked at when the clause changes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .texts import PolicyExpression, Provision


class LinkState(models.TextChoices):
    """How a citing item stands to the clause that it quotes."""

    CURRENT = "current", _("Up to date")
    STALE = "stale", _("To be reviewed")
    REPLACED = "replaced", _("Quoted anew")
    WITHDRAWN = "withdrawn", _("Taken away")


OPEN_STATES = (LinkState.CURRENT, LinkState.STALE)
"""States in which the link is shown."""


class ProvisionLinkQuerySet(models.QuerySet["ProvisionLink"]):
    """Filters over links."""

    def shown(self) -> ProvisionLinkQuerySet:
        """Links that readers see."""
        return self.filter(state__in=OPEN_STATES)


class ProvisionLink(models.Model):
    """That something teaches, practices or rests on a clause, with the words as quoted.

    `provision` is the clause as quoted and never changes; `standing` is where that clause stands in the newest text,
    nothing once it is gone. Quoting anew makes a new link that supersedes this one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provision = models.ForeignKey(Provision, on_delete=models.PROTECT, related_name="links", verbose_name=_("clause"))
    standing = models.ForeignKey(
        Provision, null=True, blank=True, on_delete=models.PROTECT, related_name="standing_links"
    )
    target_kind = models.CharField(_("kind"), max_length=20)
    target_uuid = models.UUIDField()
    target_part = models.CharField(max_length=40, blank=True, help_text="Block of a lesson, question of a lab.")
    quote = models.TextField(_("quoted words"))
    quote_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=LinkState.choices, default=LinkState.CURRENT, db_index=True)
    stale_since_date = models.DateField(null=True, blank=True, help_text="Day from which the new text holds.")
    stale_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ProvisionLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("clause link")
        verbose_name_plural = _("clause links")
        constraints = [
            models.UniqueConstraint(
                fields=["provision", "target_kind", "target_uuid", "target_part"],
                condition=Q(state__in=["current", "stale"]),
                name="provision_link_once_while_shown",
                violation_error_message=_("This clause is linked to this place already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="stale") | Q(stale_at__isnull=False),
                name="stale_link_has_instant",
                violation_error_message=_("A link to be reviewed says since when."),
            ),
        ]
        indexes = [models.Index(fields=["target_kind", "target_uuid"], name="provision_link_by_target")]

    def __str__(self) -> str:
        return f"{self.provision} · {self.quote[:30]}"

    @property
    def is_stale(self) -> bool:
        """Whether its clause changed since it was quoted, and nobody has looked at it yet."""
        return self.state == LinkState.STALE


class ChangeKind(models.TextChoices):
    """What happened to a quoted clause."""

    CHANGED = "changed", _("Changed")
    REPEALED = "repealed", _("Repealed")


class ReviewDecision(models.TextChoices):
    """What came of a review."""

    KEPT = "kept", _("Still right as it is")
    REQUOTED = "requoted", _("Quoted anew")
    WITHDRAWN = "withdrawn", _("Link taken away")


class ReviewTaskQuerySet(models.QuerySet["ReviewTask"]):
    """Filters over reviews."""

    def open(self) -> ReviewTaskQuerySet:
        """Reviews that nobody has decided."""
        return self.filter(decided_at__isnull=True)


class ReviewTask(models.Model):
    """A citing item that somebody must look at, because a new text changed or repealed the clause that it quotes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    link = models.ForeignKey(ProvisionLink, on_delete=models.PROTECT, related_name="reviews")
    expression = models.ForeignKey(PolicyExpression, on_delete=models.PROTECT, related_name="reviews")
    change = models.CharField(_("what happened"), max_length=10, choices=ChangeKind.choices)
    owners = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    opened_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=ReviewDecision.choices, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReviewTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("review task")
        verbose_name_plural = _("review tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["link", "expression"],
                name="review_once_per_text",
                violation_error_message=_("This link is being reviewed for this text already."),
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="review_decided_with_instant",
                violation_error_message=_("A decided review says when it was decided."),
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.link_id}"
