"""Rows that are work: a lease, a heartbeat and an attempt counter, written with the change that they follow from."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkStatus(models.TextChoices):
    """Where a piece of work stands."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    NEEDS_PERSON = "needs_person", _("Needs a person")


class LeasedRow(models.Model):
    """A row that one worker at a time may work on, for as long as its lease lasts.

    Taking it is one atomic update (`queue.actions.take`); the result is stored only by the lease's holder.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(max_length=16, choices=WorkStatus.choices, default=WorkStatus.QUEUED, db_index=True)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField(help_text="Not taken before this instant.")
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True, help_text="host:pid of the lease's holder.")
    lease_token = models.CharField(max_length=32, blank=True, help_text="Random name of the present lease.")
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


class Schedule(models.Model):
    """Something that happens by date: run by the worker, caught up after a pause."""

    name = models.CharField(max_length=80, unique=True)
    every_seconds = models.PositiveIntegerField()
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class RunningProcess(models.Model):
    """A process as it last wrote of itself: one row for its name on its machine, so that every machine is seen from each."""

    host = models.CharField(max_length=120)
    name = models.CharField(max_length=40, help_text="web, lab-api, worker; with a number where several share a name.")
    version = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["host", "name"],
                name="process_once_per_host",
                violation_error_message=_("This process has a row already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}@{self.host}"
