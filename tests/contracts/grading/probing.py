"""Runs in the lab environment: fork servers under conditions that no command line makes. Prints one JSON document."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from labs.grader.engine import doctor, sandbox
from labs.grader.engine import zygotes as zygotes_module
from labs.grader.engine.errors import SandboxUnavailable
from labs.grader.engine.grading import Result, grade
from labs.grader.engine.running import Job
from labs.grader.engine.server import Server
from labs.grader.engine.zygotes import Warm, Zygotes

RIGHT, ENDING = (json.dumps(each).encode() for each in json.load(sys.stdin))
CLONES = "way.is_cloning = os.waitpid(child, 0)[1] == 0"


def threads(zygotes: Zygotes) -> list[int]:
    """Return how many threads each fork server has."""
    return [server.base.threads if server.base else 0 for server in zygotes.servers.values()]


async def graded(zygotes: Zygotes, submission: bytes = RIGHT) -> Result:
    """Grade one small submission."""
    return await grade(Job(RIGHT, submission), zygotes)


async def shipped() -> dict[str, Any]:
    """Start what the server starts."""
    zygotes = Zygotes(None)
    await zygotes.start()
    found = {"shipped_threads": threads(zygotes), "shipped_preload": zygotes.servers["trainee"].preload}
    zygotes.close()
    return found


async def threaded() -> dict[str, Any]:
    """Ask for a library that starts threads when it is imported."""
    zygotes = Zygotes(None, ("polars",))
    await zygotes.start()
    found = {"threads": threads(zygotes), "score": (await graded(zygotes)).score}
    zygotes.close()
    return found


async def forked_twice() -> dict[str, Any]:
    """Work where the one call that makes process and namespaces does not pass its trial."""
    programs = sandbox._programs
    without = [(text.replace(CLONES.encode(), b"os.waitpid(child, 0)"), path) for text, path in programs()]
    assert without != programs()
    sandbox._programs = lambda: without
    try:
        zygotes = Zygotes(None, ())
        score = (await graded(zygotes)).score
        crashed = (await graded(zygotes, ENDING)).questions[0].verdict
        zygotes.close()
    finally:
        sandbox._programs = programs
    return {"score": score, "crashed": crashed}


def forkers(zygotes: Zygotes) -> list[int]:
    """Return the processes that fork."""
    return [server.base.pid if server.base else 0 for server in zygotes.servers.values()]


async def refreshed() -> dict[str, Any]:
    """Fork more than is usual: nothing is replaced while work goes on, everything is once nobody works."""
    usual, zygotes_module.USUAL_FORKS = zygotes_module.USUAL_FORKS, 3
    warm = Warm(())
    try:
        with warm.held(None) as zygotes:
            for _ in range(4):
                await graded(zygotes)
            before = forkers(zygotes)
            await warm.refresh()
            while_held = forkers(zygotes)
        await warm.refresh()
        after = forkers(zygotes)
        await warm.refresh()
        score = (await graded(zygotes)).score
        kept = forkers(zygotes)
    finally:
        zygotes_module.USUAL_FORKS = usual
        warm.close()
    replaced = bool(before[0] and not set(before) & set(after) and 0 not in after)
    return {"while_held": while_held == before, "replaced": replaced, "kept": kept == after, "score": score}


async def called_off() -> dict[str, Any]:
    """Go away while the fork servers that were started for it are not ready yet."""
    zygotes = Zygotes(None, ())
    starting = asyncio.create_task(zygotes.start())
    while not all(server.box for server in zygotes.servers.values()):
        await asyncio.sleep(0)
    boxes = [server.box for server in zygotes.servers.values()]
    starting.cancel()
    await asyncio.wait([starting])
    ended = [box is not None and box.process.poll() is not None for box in boxes]
    score = (await graded(zygotes)).score
    zygotes.close()
    return {"ended": ended, "score": score}


async def lacking() -> dict[str, Any]:
    """Expect more of the host than it does: that it refuses a call which it lets through."""
    denied = doctor.seccomp.DENIED
    doctor.seccomp.DENIED = denied | {"getpid": 39}
    server = Server(None, 1)
    server.warm.preload = ()
    try:
        report = await doctor.examine()
        await server.require_sandbox()
    except SandboxUnavailable as refusal:
        return {"lacking": doctor.lacking(report), "refusal": refusal.message}
    finally:
        doctor.seccomp.DENIED = denied
        server.warm.close()
    return {"lacking": "", "refusal": ""}


async def main() -> None:
    """Try everything, one after the other."""
    found = await shipped()
    found |= {
        "threaded": await threaded(),
        "forked_twice": await forked_twice(),
        "refreshed": await refreshed(),
        "called_off": await called_off(),
        **await lacking(),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
