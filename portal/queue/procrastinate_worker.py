"""A worker on PostgreSQL: procrastinate hands jobs to as many threads as there is room for, the urgent lane first."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from . import procrastinate_jobs
from .processes import host_name
from .registry import drains_of
from .worker import LOOK_EVERY, rooms

log = logging.getLogger(__name__)

SWEEP_EVERY_S = 2.0
"""Seconds between looks for rows that nobody announced."""
GRACE_S = 30.0


def run_job_workers(lanes: Sequence[str], places: int, stop: threading.Event) -> None:
    """Work on what is announced until `stop` is set."""
    while not stop.is_set():
        try:
            asyncio.run(serve(_worker_app(), lanes, places, stop))
        except Exception:
            log.exception("jobs")
            stop.wait(5)


def run_sweep(stop: threading.Event) -> None:
    """Announce forgotten rows until `stop` is set."""
    while not stop.wait(SWEEP_EVERY_S):
        try:
            close_old_connections()
            procrastinate_jobs.announce_forgotten(timezone.now())
        except Exception:
            log.exception("sweep")
            stop.wait(5)


def run_drains(lane: str, stop: threading.Event) -> None:
    """Do the work of a lane that has no rows until `stop` is set."""
    while not stop.is_set():
        try:
            close_old_connections()
            if not any([drain.work() for drain in drains_of(lane)]):  # noqa: C419  (each of them must run)
                stop.wait(LOOK_EVERY)
        except Exception:
            log.exception("drains of %s", lane)
            stop.wait(5)


async def serve(app: Any, lanes: Sequence[str], places: int, stop: threading.Event) -> None:
    """Let the app's workers take jobs until `stop` is set: one for each room, as many at once as it has threads."""
    async with app.open_async():
        workers = [
            asyncio.create_task(
                app.run_worker_async(
                    queues=list(queues),
                    name=f"{host_name()} {'+'.join(queues)}",
                    concurrency=room,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    shutdown_graceful_timeout=GRACE_S,
                )
            )
            for queues, room in rooms(lanes, places)
        ]
        stopping = asyncio.create_task(asyncio.to_thread(stop.wait))
        await asyncio.wait([stopping, *workers], return_when=asyncio.FIRST_COMPLETED)
        for worker in workers:
            worker.cancel()
        ended = await asyncio.gather(*workers, return_exceptions=True)
        if not stop.is_set():
            stopping.cancel()
            raise next(each for each in ended if isinstance(each, BaseException))


def _worker_app() -> Any:
    """Return an app of its own for this loop: the project's app keeps Django's connections,
    from which threads announce."""
    from procrastinate.contrib.django import db_cleanup, utils
    from procrastinate.psycopg_connector import PsycopgConnector

    connector = PsycopgConnector(kwargs=utils.connector_params("default"), min_size=1, max_size=8)
    app = db_cleanup.DjangoApp(connector=connector)
    procrastinate_jobs.register_tasks(app)
    return app
