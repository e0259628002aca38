"""Runs in the lab environment: fork servers under conditions that no command line makes. Prints one JSON document."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from labs.grading.engine import doctor, sandbox
from labs.grading.engine.errors import SandboxUnavailable
from labs.grading.engine.grading import Result, grade
from labs.grading.engine.running import Job
from labs.grading.engine.server import Server
from labs.grading.engine.zygotes import Zygotes

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
    found |= {"threaded": await threaded(), "forked_twice": await forked_twice(), **await lacking()}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
