"""Terminals of this server, whose shells the launcher starts elsewhere and whose outer side it hands over."""

from __future__ import annotations

import codecs
import fcntl
import os
import signal
import struct
import termios
import uuid
from collections import deque
from typing import Any

from chengxue_lab.apart import NotStarted, launcher
from jupyter_server_terminals.terminalmanager import TerminalManager
from terminado.management import PtyWithClients
from tornado.web import HTTPError


class LaunchedPty:
    """What terminado expects of a terminal's process, with the launcher behind it."""

    delayafterterminate = 0.1
    # terminado asks for a process number in places that are overridden here.
    pid = 0

    def __init__(self, descriptor: int, identity: str) -> None:
        self.fd = descriptor
        self.identity = identity
        # Output need not be UTF-8.
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def read(self, size: int = 1024) -> str:
        """Return what the terminal shows. Raises EOFError when nothing holds its inner side any more."""
        try:
            shown = os.read(self.fd, size)
        except OSError as error:
            raise EOFError from error
        if not shown:
            raise EOFError
        return self.decoder.decode(shown)

    def write(self, text: str) -> int:
        """Type into the terminal."""
        typed = text.encode()
        left = memoryview(typed)
        while left:
            left = left[os.write(self.fd, left) :]
        return len(typed)

    def getwinsize(self) -> tuple[int, int]:
        """Return rows and columns."""
        rows, columns, _, _ = struct.unpack("HHHH", fcntl.ioctl(self.fd, termios.TIOCGWINSZ, b"\0" * 8))
        return rows, columns

    def setwinsize(self, rows: int, columns: int) -> None:
        """Tell the shell how large it is shown."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def isalive(self) -> bool:
        """Return whether the shell runs."""
        return launcher().ask("poll", self.identity)["exit"] is None

    def kill(self, number: int) -> None:
        """Signal the shell."""
        launcher().ask("signal", self.identity, number=number)

    def close(self) -> None:
        """End the shell and all that it left running."""
        os.close(self.fd)
        launcher().ask("end", self.identity)


class LaunchedTerminal(PtyWithClients):
    """A terminal with the pages that show it."""

    def __init__(self, pty: LaunchedPty) -> None:
        # The base class's own starts a process here.
        self.clients: list[Any] = []
        self.read_buffer: deque[str] = deque(maxlen=1000)
        self.ptyproc = pty

    def killpg(self, sig: int = signal.SIGTERM) -> None:
        """Signal the shell and what it runs."""
        self.ptyproc.kill(sig)


class LaunchedTerminals(TerminalManager):
    """Has every terminal started by the launcher."""

    def new_terminal(self, **kwargs: Any) -> LaunchedTerminal:
        """Return a terminal in a sandbox of its own."""
        identity = f"terminal-{uuid.uuid4()}"
        try:
            descriptor = launcher().terminal(
                identity,
                rows=int(kwargs.get("height", 25)),
                columns=int(kwargs.get("width", 80)),
                folder=str(kwargs.get("cwd") or ""),
            )
        except NotStarted as problem:
            raise HTTPError(503, str(problem)) from problem
        return LaunchedTerminal(LaunchedPty(descriptor, identity))
