"""Ending processes that a test started, so that nothing is left: not the process, and no Popen that nobody waited for."""

from __future__ import annotations

import signal
import subprocess


def end(process: subprocess.Popen[bytes], *, patience_s: float) -> int:
    """Ask the process to end, kill it when it does not, and wait for it either way; what it returned."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        # Without this the Popen is collected while its process still counts as running, some tests later.
        return process.wait()
