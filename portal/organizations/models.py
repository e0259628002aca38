"""Where people work: regions of the country, organizations in a tree, positions and who holds them."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RegionLevel(models.TextChoices):
    """Level of a region."""

    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County")


class Region(models.Model):
    """A province, city or county with its GB/T 2260 code; the uuid is derived from the code (uuid5)."""

    uuid = models.UUIDField(unique=True, editable=False)
    code = models.CharField(max_length=6, unique=True)
    level = models.CharField(max_length=10, choices=RegionLevel.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=60)
    is_selectable = models.BooleanField(default=True, help_text="False for pseudo-rows such as 市辖区.")

    def __str__(self) -> str:
        return self.name

    @property
    def code_prefix(self) -> str:
        """Leading digits that every region inside this one shares."""
        return {"province": self.code[:2], "city": self.code[:4]}.get(self.level, self.code)


class OrganizationKind(models.TextChoices):
    """What an organization is."""

    DEPARTMENT = "department", _("Department")
    UNIVERSITY = "university", _("University")
    TRAINING_BASE = "training_base", _("Training base")


class Organization(models.Model):
    """A unit: a department, a university or a training base. `path` holds the ids from the root, for subtrees."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=OrganizationKind.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="organizations")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(
        max_length=255, db_index=True, help_text="Zero-padded ids from the root, e.g. 000001/000007/."
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """A post with its rank band, as appointment rules name it."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    rank_band = models.CharField(max_length=40, help_text="e.g. 县处级, 乡科级, 专业技术中级.")

    def __str__(self) -> str:
        return self.name


class JobAssignmentQuerySet(models.QuerySet["JobAssignment"]):
    """Filters over job assignments."""

    def current(self, on: date) -> JobAssignmentQuerySet:
        """Return assignments that hold on the given local day."""
        return self.filter(Q(end_date__isnull=True) | Q(end_date__gte=on), start_date__lte=on)


class StandingPosts(models.Manager["JobAssignment"]):
    """Posts without those taken back: nobody held them, so no list, scope or history counts them."""

    def get_queryset(self) -> JobAssignmentQuerySet:
        """Rows that stand."""
        return JobAssignmentQuerySet(self.model, using=self._db).filter(taken_back_at__isnull=True)

    def current(self, on: date) -> JobAssignmentQuerySet:
        """Return posts that hold on the given local day."""
        return self.get_queryset().current(on)


class JobAssignment(models.Model):
    """A person's post in an organization, with start and end; a transfer ends one and begins another.

    A transfer that had begun and was a mistake is taken back: its row stays, dated, and the post before goes on.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="job_assignments")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="job_assignments")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="job_assignments")
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    is_primary = models.BooleanField(default=True)
    room = models.CharField(_("room"), max_length=60, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True, help_text="Set once; why stands in the audit.")

    objects = StandingPosts()
    ever = JobAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="job_ends_after_start",
                violation_error_message=_("The last day must not lie before the first day."),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(end_date__isnull=True, is_primary=True, taken_back_at__isnull=True),
                name="job_one_open_primary",
                violation_error_message=_("This person has a primary post already. Transfer the person instead."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.organization_id}"


class TransferState(models.TextChoices):
    """How a request for a transfer stands."""

    WAITING = "waiting", _("Waits for an answer")
    ACCEPTED = "accepted", pgettext_lazy("transfer", "Accepted")
    REFUSED = "refused", pgettext_lazy("transfer", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("transfer", "Withdrawn")
    EXPIRED = "expired", pgettext_lazy("transfer", "Expired")
    UNDONE = "undone", pgettext_lazy("transfer", "Accepted, then cancelled")


class TransferSide(models.TextChoices):
    """Which side asked; the other one answers."""

    SENDING = "sending", _("The unit that lets the person go")
    RECEIVING = "receiving", _("The unit that takes the person on")


class TransferRequest(models.Model):
    """A transfer between units that no one personnel officer reaches together: one side asks, the other answers."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transfer_requests")
    from_organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+")
    start_date = models.DateField()
    side = models.CharField(max_length=10, choices=TransferSide.choices)
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_date = models.DateField(help_text="Last day on which it can be accepted.")
    state = models.CharField(max_length=10, choices=TransferState.choices, default=TransferState.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state="waiting"),
                name="transfer_request_one_waiting",
                violation_error_message=_("A request for this person waits already."),
            ),
            models.CheckConstraint(
                condition=~Q(organization=F("from_organization")),
                name="transfer_request_goes_somewhere",
                violation_error_message=_("The person works in this unit already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.from_organization_id} → {self.organization_id}"
