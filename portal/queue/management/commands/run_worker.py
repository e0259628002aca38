"""Runs the worker."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from portal.queue import procrastinate_jobs
from portal.queue.processes import keep_reporting, machine_facts
from portal.queue.registry import LANES, drains_of, known_facts
from portal.queue.turns import load_addresses
from portal.queue.worker import free_what_dead_workers_hold, posts, run_clock, run_post, with_brought


class Command(BaseCommand):
    """Threads for the lanes and one for the clock, until SIGTERM or SIGINT."""

    help = "Works through the queues: grading, index, certificates, everything by date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lane", action="append", choices=LANES, help="Only this lane (may be repeated).")
        parser.add_argument(
            "--places",
            type=int,
            default=settings.GRADER_PLACES,
            help="Submissions that this host's grader takes at once.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        free_what_dead_workers_hold(timezone.now())
        lanes = with_brought(options["lane"] or LANES)
        load_addresses()
        threads = (
            _woken(lanes, options["places"], stop)
            if procrastinate_jobs.is_installed()
            else _looking(lanes, options["places"], stop)
        )
        threads.append(threading.Thread(target=run_clock, args=(stop,), name="clock"))
        row = (_row_name(lanes), partial(_facts, lanes, options["places"]), stop)
        threads.append(threading.Thread(target=keep_reporting, args=row, name="row"))
        for thread in threads:
            thread.start()
        self.stdout.write("worker: " + ", ".join(lanes))
        self.stdout.flush()
        for thread in threads:
            thread.join()


def _row_name(lanes: Sequence[str]) -> str:
    """Workers that share a machine differ in their lanes."""
    return "worker" if len(lanes) == len(LANES) else f"worker {'+'.join(lanes)}"[:40]


def _facts(lanes: Sequence[str], places: int) -> dict[str, Any]:
    return {"lanes": list(lanes), "places": places, "machine": machine_facts(), **known_facts()}


def _looking(lanes: Sequence[str], places: int, stop: threading.Event) -> list[threading.Thread]:
    """Threads that look for rows themselves."""
    return [threading.Thread(target=run_post, args=(post, stop), name=post.name) for post in posts(lanes, places)]


def _woken(lanes: Sequence[str], places: int, stop: threading.Event) -> list[threading.Thread]:
    """Threads on PostgreSQL: one that is woken and hands out work, one that announces what was forgotten."""
    from portal.queue.procrastinate_worker import run_drains, run_job_workers, run_sweep

    threads = [
        threading.Thread(target=run_job_workers, args=(lanes, places, stop), name="jobs"),
        threading.Thread(target=run_sweep, args=(stop,), name="sweep"),
    ]
    return threads + [
        threading.Thread(target=run_drains, args=(lane, stop), name=f"drains {lane}")
        for lane in lanes
        if drains_of(lane)
    ]
