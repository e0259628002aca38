"""Starts the kernels and terminals of one lab, each in a sandbox of its own; it stands outside of all of them.

The hub starts one launcher per lab, under the lab's user id, with the end of a socket pair whose other end is the
server's. The walls were decided by the hub; the server can only say that it wants a kernel or a terminal, in which
folder of the home it begins, and which signal it gets. When the server ends, its end closes: then the launcher ends
everything it started, and itself. Only the standard library is used, without site: `python -I -S launcher.py FD`.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import termios

TYPE_CHECKING = False  # the module `typing` would cost every lab a megabyte
if TYPE_CHECKING:
    from typing import Any

    from hub_config.lab.chengxue_lab.beginning import (
        FULL_HOME_VARIABLES,
        children_of,
        go_first,
        home_is_full,
        memory_file,
        opened_file,
    )
    from hub_config.lab.chengxue_lab.removing import remove
else:
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))  # -I leaves the script's folder out
    from beginning import FULL_HOME_VARIABLES, children_of, go_first, home_is_full, memory_file, opened_file
    from removing import remove

    sys.path.pop()

NAME = re.compile(r"[0-9A-Za-z-]{1,64}")
KERNEL_NAME = re.compile(r"[0-9a-z._-]{1,64}")
LARGEST_MESSAGE = 1 << 20
MOST_SAID = 1000
MOST_PROGRAMS = 24
TOO_MANY = (
    f"同时打开的内核与终端最多 {MOST_PROGRAMS} 个，请先关闭一些。"
    f" / At most {MOST_PROGRAMS} kernels and terminals at once; please close some first."
)
KERNEL_CONNECTION = "kernel.json"
NOT_DUMPABLE = 4


class Refused(Exception):
    """The server asked for something that is not given."""


class Program:
    """One kernel or terminal in its sandbox."""

    def __init__(self, process: subprocess.Popen[bytes], first: int, folder: str) -> None:
        self.process = process
        self.first = first
        self.folder = folder

    def signal(self, number: int) -> None:
        """Send a signal to the program and what it runs in the foreground; KILL goes to the whole sandbox."""
        if self.process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.kill(self.first, number)
                return
            # Later children are orphans that the first process took in.
            children = sorted(children_of(self.first))
            if children:
                os.killpg(os.getpgid(children[0][1]), number)

    def end(self) -> int:
        """End the sandbox with all that runs in it and return the exit code."""
        self.signal(signal.SIGKILL)
        try:
            code = self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        remove(self.folder)
        return code


class Launcher:
    """Answers the requests of one server, one after the other."""

    def __init__(self, orders: dict[str, Any], server: socket.socket) -> None:
        self.orders = orders
        self.server = server
        self.programs: dict[str, Program] = {}

    def serve(self) -> None:
        """Answer until the server is gone, then end everything."""
        try:
            self._clear(self.orders["folders"])
            while message := self.server.recv(LARGEST_MESSAGE):
                self._answer(message)
        except ConnectionError:
            pass
        finally:
            for program in self.programs.values():
                with contextlib.suppress(Exception):  # one that cannot be ended keeps no other from its end
                    program.end()

    def _answer(self, message: bytes) -> None:
        sent: list[int] = []
        try:
            request = json.loads(message)
            action = {
                "kernel": self._kernel,
                "terminal": self._terminal,
                "signal": self._signal,
                "poll": self._poll,
                "end": self._end,
            }[request["do"]]
            answer: dict[str, Any] = action(request, sent)
        except Refused as refusal:
            answer = {"error": str(refusal)}
        except Exception as problem:
            answer = {"error": f"{type(problem).__name__}: {problem}"[:MOST_SAID]}
        try:
            socket.send_fds(self.server, [json.dumps(answer).encode()], sent)
        finally:
            for descriptor in sent:
                os.close(descriptor)

    def _kernel(self, request: dict[str, Any], sent: list[int]) -> dict[str, Any]:
        """Start a kernel; one of the same name makes room for it, as at a restart."""
        if request["id"] in self.programs:
            self._end(request, sent)
        folder = self._folder(request)
        with open(os.path.join(folder, KERNEL_CONNECTION), "x", encoding="utf-8") as file:
            file.write(str(request["connection"]))
        # Its parent is the sandbox's first process, which never goes away before it; not a person at a terminal.
        variables = {"JPY_PARENT_PID": "1"}
        if request.get("session"):
            variables["JPY_SESSION_NAME"] = str(request["session"])
        program = kernel_command(self.orders, request["kernel"])
        self._start(request, folder, program, variables, subprocess.DEVNULL)
        return {}

    def _terminal(self, request: dict[str, Any], sent: list[int]) -> dict[str, Any]:
        """Start a login shell and send the other side of its terminal."""
        folder = self._folder(request)
        ours, theirs = os.openpty()
        sent.append(ours)
        try:
            size = struct.pack("HHHH", int(request["rows"]), int(request["columns"]), 0, 0)
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
            # The sandbox begins a session without a terminal; setsid takes this one for it.
            program = ["/usr/bin/setsid", "--ctty", "/bin/bash", "-l"]
            self._start(request, folder, program, {"TERM": "xterm-256color"}, theirs, theirs)
        finally:
            os.close(theirs)
        return {}

    def _signal(self, request: dict[str, Any], _sent: list[int]) -> dict[str, Any]:
        self.programs[request["id"]].signal(signal.Signals(request["number"]))
        return {}

    def _poll(self, request: dict[str, Any], _sent: list[int]) -> dict[str, Any]:
        program = self.programs.get(request["id"])
        return {"exit": program.process.poll() if program else 0}

    def _end(self, request: dict[str, Any], _sent: list[int]) -> dict[str, Any]:
        program = self.programs.pop(request["id"], None)
        return {"exit": program.end() if program else 0}

    def _folder(self, request: dict[str, Any]) -> str:
        """Make the program's private folder anew. Nobody else can write beside it, so its path means what it says."""
        if not NAME.fullmatch(request["id"]) or request["id"] in self.programs:
            raise Refused("name")
        if len(self.programs) >= MOST_PROGRAMS:
            raise Refused(TOO_MANY)
        folder = os.path.join(self.orders["folders"], request["id"])
        if not remove(folder):
            folder = f"{folder}.{os.urandom(8).hex()}"  # no request can name it: a name has no dot
        os.mkdir(folder, 0o700)
        return folder

    def _start(
        self,
        request: dict[str, Any],
        folder: str,
        program: list[str],
        variables: dict[str, str],
        stdin: int,
        stdout: int | None = None,
    ) -> None:
        """Start a program in its sandbox and keep it under the request's name."""
        info, writer = os.pipe()
        with contextlib.ExitStack() as opened, os.fdopen(info, "rb") as told:
            names = {
                "info": writer,
                "passwd": opened.enter_context(memory_file(self.orders["passwd"])),
                "group": opened.enter_context(memory_file(self.orders["group"])),
                "system_calls": opened.enter_context(opened_file(self.orders["system_calls"])),
            }
            words = {**{f"{{{name}}}": str(number) for name, number in names.items()}, "{folder}": folder}
            is_full = home_is_full(self.orders["news"])
            orders = self.orders["command_for_full_home" if is_full else "command"]
            command = [words.get(word, word) for word in orders]
            at = command.index("--chdir") + 1
            command[at] = self._beginning(request)
            full = FULL_HOME_VARIABLES if is_full else {}
            try:
                process = subprocess.Popen(
                    [*command, *program],
                    env={**self.orders["variables"], **full, **variables},
                    cwd="/",
                    stdin=stdin,
                    stdout=stdout,
                    stderr=stdout,
                    pass_fds=list(names.values()),
                    start_new_session=True,
                    # One write and nothing else; this process has one thread.
                    preexec_fn=go_first,  # noqa: PLW1509
                )
            finally:
                os.close(writer)
            said = told.read()
        if not said:
            process.wait()
            raise Refused("the sandbox was not made")
        self.programs[request["id"]] = Program(process, int(json.loads(said)["child-pid"]), folder)

    def _beginning(self, request: dict[str, Any]) -> str:
        """Return the folder of the home in which the program begins."""
        home = str(self.orders["home"])
        asked = os.path.normpath(str(request.get("folder") or home))
        return asked if asked == home or asked.startswith(f"{home}/") else home

    @staticmethod
    def _clear(folder: str) -> None:
        for name in os.listdir(folder):
            remove(os.path.join(folder, name))


def kernel_command(orders: dict[str, Any], name: str) -> list[str]:
    """Return the command of a kernel that the environment brings; no other is ever started. Raises OSError."""
    if not KERNEL_NAME.fullmatch(name):
        raise Refused("kernel")
    folder = os.path.join(orders["kernel_specs"], name)
    with open(os.path.join(folder, "kernel.json"), encoding="utf-8") as file:
        words = json.load(file)["argv"]
    replaced = {"{connection_file}": f"/run/kernel/{KERNEL_CONNECTION}", "{resource_dir}": folder}
    words = [replaced.get(word, word) for word in words]
    return [orders["python"], *words[1:]] if words[0] in ("python", "python3") else words


def main() -> None:
    """Read the orders from the standard input and serve the socket that the argument names."""
    ctypes.CDLL(None).prctl(NOT_DUMPABLE, 0, 0, 0, 0)
    orders = json.load(sys.stdin)
    # Not the hub's: a signal to the hub's terminal is none to this lab.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as server:
        Launcher(orders, server).serve()


if __name__ == "__main__":
    main()
