"""Nothing that a test started is left, not even a process that does not want to end."""

from __future__ import annotations

import signal
import subprocess
import sys

from tests.ending import end

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)


def test_a_process_that_does_not_listen_is_killed_and_waited_for() -> None:
    process = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()

    assert end(process, patience_s=0.1) == -signal.SIGKILL
    assert process.returncode == -signal.SIGKILL


def test_a_process_that_listens_ends_by_itself() -> None:
    assert end(subprocess.Popen(["sleep", "60"]), patience_s=10) == -signal.SIGTERM
