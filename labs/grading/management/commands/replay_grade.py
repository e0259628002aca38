"""Proves that the same digests give the same result."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from labs.grading.actions import NothingToReplay, compare, request_replay
from labs.grading.models import GradingRun, Submission
from labs.grading.work import work_on_run
from portal.queue.actions import take
from portal.queue.models import WorkStatus
from portal.queue.worker import Heartbeat, worker_name


class Command(BaseCommand):
    """Grades a submission once more with its release and compares digests and results; the grade stays as it is."""

    help = "Grades a submission again and compares: exit 0 same digests and results, 1 something differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("submission", help="Receipt number or uuid.")

    def handle(self, *args: Any, **options: Any) -> None:
        name = str(options["submission"])
        named = Q(receipt=name)
        if len(name) >= 32:
            named |= Q(uuid=name)
        submission = Submission.objects.filter(named).first()
        if submission is None:
            raise CommandError(f"no such submission: {name}", returncode=2)
        try:
            original, run = request_replay(submission=submission, by=None, at=timezone.now())
        except NothingToReplay as nothing:
            raise CommandError("it has not been graded yet", returncode=2) from nothing
        self._grade(run)
        found = compare(original, run)
        if found.replay.status != WorkStatus.DONE:
            raise CommandError(f"not graded: {found.replay.status} {found.replay.error}", returncode=2)
        document = {
            "submission": str(submission.uuid),
            "original": str(original.uuid),
            "replay": str(run.uuid),
            "same_result": found.is_same,
            "same_digests": not found.digests,
            "different_digests": found.digests,
            "different_questions": found.questions,
        }
        self.stdout.write(json.dumps(document))
        if not found.is_proof:
            raise SystemExit(1)

    def _grade(self, run: GradingRun) -> None:
        """Do it here and now; unless a worker was faster, which does the same."""
        lease = timedelta(seconds=settings.GRADING_LEASE_SECONDS)
        own = GradingRun.objects.filter(pk=run.pk)
        held = take(own, worker=worker_name(), at=timezone.now(), lease=lease)
        if held is None:
            self._wait(run)
            return
        with Heartbeat(held, lease):
            work_on_run(held)

    def _wait(self, run: GradingRun) -> None:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            run.refresh_from_db()
            if run.status in (WorkStatus.DONE, WorkStatus.NEEDS_PERSON):
                return
            time.sleep(0.2)
