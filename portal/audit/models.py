"""Audit events: what was done, by whom, to what. Written once, never changed; the words beside them can be erased."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.queue.models import LeasedRow

SYSTEM = "system"
"""Who acts when no person does."""


class AuditEvent(models.Model):
    """One write of consequence. Inserted in the transaction of the write itself.

    Events with a `commitment` hold no words themselves (`AuditWords`). Older ones have none and keep their words in
    the `old_…` columns and in `facts`, under their seals.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    old_actor_label = models.CharField(max_length=150, blank=True, db_column="actor_label")
    event = models.CharField(max_length=80, db_index=True, help_text="Code such as `users.role_granted`.")
    target_kind = models.CharField(max_length=60, blank=True, help_text="Model label of the row concerned.")
    target_uuid = models.UUIDField(null=True, blank=True, db_index=True)
    target_pk = models.BigIntegerField(null=True, blank=True, help_text="Of a row concerned that has no uuid.")
    old_target_label = models.CharField(max_length=200, blank=True, db_column="target_label")
    facts = models.JSONField(default=dict, blank=True, db_column="details")
    # Null marks the older form, whose bytes must stay what they were; "" would be a third thing.
    commitment = models.CharField(max_length=64, null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"

    @property
    def is_old(self) -> bool:
        """Whether the event is of the form that sealed its words."""
        return self.commitment is None

    @property
    def is_erased(self) -> bool:
        """Whether the event's words were erased."""
        beside = getattr(self, "words", None)
        return beside is not None and beside.erased_at is not None

    @property
    def actor_label(self) -> str:
        """Login name at the time, `system`, or nothing once erased."""
        if self.is_old:
            return self.old_actor_label
        return SYSTEM if self.actor_id is None else str(self._told().get("actor", ""))

    @property
    def target_label(self) -> str:
        """What the row concerned was called at the time; nothing once erased."""
        return self.old_target_label if self.is_old else str(self._told().get("target", ""))

    @property
    def details(self) -> dict[str, Any]:
        """Facts, and the words that are still there."""
        return dict(self.facts) if self.is_old else {**self.facts, **self._told().get("details", {})}

    def _told(self) -> dict[str, Any]:
        beside = getattr(self, "words", None)
        return beside.told if beside is not None else {}


class AuditWords(models.Model):
    """People's words in an event: names, reasons, what was typed. Erased by `erase_words` alone, never rewritten."""

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="words")
    salt = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) & ~Q(salt="") | Q(erased_at__isnull=False, salt="", text=""),
                name="audit_words_whole_or_erased",
                violation_error_message=_("Words of an event are kept whole or erased."),
            )
        ]

    def __str__(self) -> str:
        return f"words of {self.event_id}"

    @property
    def told(self) -> dict[str, Any]:
        """The words, unfolded; what no longer is JSON tells nothing, and the verification says where."""
        try:
            told = json.loads(self.text) if self.text else {}
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}


class AuditSeal(models.Model):
    """The event's place in the hash chain; added in batches by the worker, so that writers never wait in line."""

    seq = models.BigIntegerField(unique=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="seal")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.seq} {self.hash[:12]}"


class AuditAnchor(models.Model):
    """A seal signed with a key that is in no database, once a day; a line of the anchors' file says the same."""

    seq = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    anchored_at = models.DateTimeField()
    key = models.CharField(max_length=16, help_text="First digits of the SHA-256 of the public key.")
    signature = models.CharField(max_length=128, help_text="Ed25519, hexadecimal.")

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


class AuditCheck(LeasedRow):
    """An auditor's wish to have the chain verified; the worker walks along it."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sealed = models.BigIntegerField(default=0, help_text="Seals when it was asked for.")
    checked = models.BigIntegerField(default=0, help_text="Seals looked at so far.")
    result = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asked_by"],
                condition=Q(status__in=["queued", "running"]),
                name="audit_one_open_check_each",
                violation_error_message=_("A check that you asked for is still running."),
            )
        ]

    def __str__(self) -> str:
        return f"check of {self.sealed} seals"

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.status in ("queued", "running")

    @property
    def percent(self) -> int:
        """How far it has come."""
        return min(100, 100 * self.checked // self.sealed) if self.sealed else 0
