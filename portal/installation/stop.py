"""`make stop`: ends what `make run` started, from another terminal, also when its supervisor was killed."""

from __future__ import annotations

import os
import signal
import time

from portal.installation.folders import remove_runtime
from portal.installation.messages import say
from portal.installation.paths import Paths
from portal.installation.records import end_labs, end_orphans, running_supervisor

PATIENCE_S = 60


def stop(paths: Paths) -> int:
    """End the installation and wait until every process has ended; 1 when none was running."""
    supervisor = running_supervisor(paths)
    if supervisor is not None:
        say("stopping")
        os.kill(supervisor.pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_S
        while supervisor.is_alive() and time.monotonic() < deadline:
            time.sleep(0.1)
    end_labs(paths)
    ended = end_orphans(paths)
    if supervisor is None and not ended:
        say("not_running", folder=paths.var)
        return 1
    remove_runtime(paths)
    paths.state_file.unlink(missing_ok=True)
    say("stopped")
    return 0
