"""Files that leave labs: what was decided of each, and by which rule. Every row is written once."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from labs.datasets.models import Dataset


class Rule(models.TextChoices):
    """What is asked of a file before it leaves a lab that can read the dataset; from the loosest to the strictest."""

    FREE = "free", pgettext_lazy("outgoing file", "Free")
    SCANNED = "scanned", pgettext_lazy("outgoing file", "Scanned")
    REVIEWED = "reviewed", pgettext_lazy("outgoing file", "Reviewed")


STRICTNESS = {rule: place for place, rule in enumerate(Rule)}


class Route(models.TextChoices):
    """On which way a file was about to leave."""

    DOWNLOAD = "download", pgettext_lazy("outgoing file", "Download")
    EXPORT = "export", pgettext_lazy("outgoing file", "Export of a notebook")
    CONTENTS = "contents", pgettext_lazy("outgoing file", "Opened on the page")


class OutgoingRule(models.Model):
    """The rule that an office set for a dataset. The end of the chain counts; without one, files are scanned."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="outgoing_rules")
    rule = models.CharField(max_length=10, choices=Rule.choices)
    reason = models.CharField(max_length=300)
    supersedes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="next")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset"],
                condition=Q(supersedes__isnull=True),
                name="outgoing_rule_one_first",
                violation_error_message=_("Somebody else has set the rule of this dataset. Reload the page."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="outgoing_rule_with_reason",
                violation_error_message=_("Give the reason for the rule."),
            ),
            models.CheckConstraint(
                condition=Q(rule__in=Rule.values),
                name="outgoing_rule_known",
                violation_error_message=_("Choose one of the three rules."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} for {self.dataset_id}"


class OutgoingFile(models.Model):
    """A file that was about to leave a lab, as the scan saw it. Passed, or held with its bytes for a reviewer."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="outgoing_files")
    name = models.CharField(max_length=300, help_text="Path in the lab.")
    route = models.CharField(max_length=10, choices=Route.choices)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    rule = models.CharField(max_length=10, choices=Rule.choices)
    passed = models.BooleanField()
    findings = models.JSONField(default=list, help_text="As scanning/findings.py; empty when it passed.")
    datasets = models.ManyToManyField(Dataset, related_name="outgoing_files", help_text="Which the lab could read.")
    basis = models.CharField(max_length=64, help_text="Digest of rule, datasets and scan: equal means decided already.")
    path = models.CharField(max_length=100, blank=True, help_text="The held bytes in the vault.")
    is_sealed = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "sha256", "basis"],
                name="outgoing_file_once",
                violation_error_message=_("This file was looked at already."),
            ),
            models.CheckConstraint(
                condition=Q(passed=True, path="") | (Q(passed=False) & ~Q(path="")),
                name="outgoing_file_held_with_bytes",
                violation_error_message=_("A held file needs its bytes, and a passed one has none."),
            ),
        ]
        indexes = [models.Index(fields=["user", "-at"], name="outgoing_of_user")]

    def __str__(self) -> str:
        return self.name


class OutgoingRequest(models.Model):
    """A trainee asks a reviewer to let a held file leave."""

    file = models.OneToOneField(OutgoingFile, on_delete=models.PROTECT, related_name="request")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="outgoing_request_with_reason",
                violation_error_message=_("Say what you need the file for."),
            )
        ]

    def __str__(self) -> str:
        return f"request for {self.file_id}"


class OutgoingDecision(models.Model):
    """What a reviewer decided of a held file, and until when its bytes can be fetched."""

    file = models.OneToOneField(OutgoingFile, on_delete=models.PROTECT, related_name="decision")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="Whose file it is."
    )
    granted = models.BooleanField()
    reason = models.CharField(max_length=500)
    until_date = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="outgoing_decision_with_reason",
                violation_error_message=_("Give the reason: the trainee reads it."),
            ),
            models.CheckConstraint(
                condition=Q(granted=True, until_date__isnull=False) | Q(granted=False, until_date__isnull=True),
                name="outgoing_decision_with_term",
                violation_error_message=_("A file that may leave needs a last day, and a refused one has none."),
            ),
            models.CheckConstraint(
                condition=~Q(by=F("user")),
                name="outgoing_decision_by_another",
                violation_error_message=_("Nobody decides on a file of one's own."),
            ),
        ]

    def __str__(self) -> str:
        return f"decision on {self.file_id}"


class OutgoingRemoval(models.Model):
    """The bytes of a held file were destroyed; what was decided of it stays."""

    file = models.OneToOneField(OutgoingFile, on_delete=models.PROTECT, related_name="removal")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"removal of {self.file_id}"
