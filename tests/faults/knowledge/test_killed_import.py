"""An import is killed while it writes: every law that is there is whole, and the next run takes in the rest."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from portal.knowledge.actions import Source, import_source, importing_alone
from portal.knowledge.models import PolicyExpression, Provision
from portal.knowledge.sources import file_source
from search.models import SearchEntry

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LAWS, CLAUSES = 40, 30


def sources() -> Iterator[Source]:
    """Laws of some length."""
    for law in range(LAWS):
        body = "\n\n".join(
            f"第{number}条　甲{law}的第{number}件事。\n（一）乙；\n（二）丙。" for number in range(1, CLAUSES + 1)
        )
        yield file_source(f"{law}.md", f"# 试验{law}条例\n\n{body}".encode())


def import_all() -> None:
    """Take every law in."""
    with importing_alone(settings.PATHS.var):
        for source in sources():
            import_source(source=source, by=None, at=timezone.now())


def killed_after(seconds: float) -> None:
    """Import in a process of its own and end it without warning."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            import_all()
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_no_half_law_stays_and_the_next_import_completes_it() -> None:
    chance = random.Random(6)

    for _ in range(6):
        killed_after(chance.uniform(0.05, 0.5))
        for text in PolicyExpression.objects.all():
            whole = Provision.objects.clauses().filter(expression=text).count()
            found = SearchEntry.objects.filter(kind="clause", key__startswith=f"clause:{text.uuid}:").count()
            assert (whole, found) == (CLAUSES, CLAUSES)
    import_all()

    assert PolicyExpression.objects.count() == LAWS
    assert SearchEntry.objects.filter(kind="clause").count() == LAWS * CLAUSES
