"""What the portal asks of the hub and must not forget, and the short tokens of command lines."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.queue.models import LeasedRow


class HubRevocation(LeasedRow):
    """Ends a person's hub tokens and running lab; written with the change of rights, tried until the hub confirms."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hub_revocations")
    reason = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"revocation for {self.user_id}"


class Scope(models.TextChoices):
    """What a command line may do with its token."""

    WORK = "work", _("Own labs: list, fetch, submit, read feedback")
    PUBLISH = "publish", _("Publish and read the sources of labs that I teach")


class CommandToken(models.Model):
    """A short token of one person for a terminal. The portal keeps its digest alone."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="command_tokens")
    scope = models.CharField(max_length=10, choices=Scope.choices)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was ended or replaced, by hand or by lost rights."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "scope"],
                condition=models.Q(ended_at__isnull=True),
                name="command_token_once",
                violation_error_message=_("There is a token of this kind in force already."),
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="command_token_expires",
                violation_error_message=_("A token must end after it began."),
            ),
            models.CheckConstraint(
                condition=models.Q(scope__in=Scope.values),
                name="command_token_scope",
                violation_error_message=_("Choose one of the kinds of token."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} token of {self.user_id}"
