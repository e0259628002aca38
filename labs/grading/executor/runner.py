"""Runs inside the sandbox, one process per submission: the trainee's cells and, at their place, the test cells.

Standard library and IPython only; the file is handed into the sandbox as it stands. It talks JSON lines over
one inherited socket. Every reply carries the request's nonce: a line that a trainee's code forges does not.
Tests share this process with the trainee's code, so what is restored before each of them raises the price of
cheating and is no boundary; the engine's checker process is one.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import importlib
import inspect
import io
import json
import math
import os
import random
import resource
import signal
import socket
import sys
import time
import types
from typing import Any, NoReturn

TEST_FILE = "<test>"
GRACE_SECONDS = 0.5
KEPT_OUTPUT = 1024 * 1024


class CellTimeout(BaseException):
    """The cell's time is used up."""


class OutputLimit(BaseException):
    """The cell wrote more than a person could read."""


class CountingOutput(io.TextIOBase):
    """Stands for stdout and stderr: nothing is kept, because nothing written there decides anything."""

    encoding = "utf-8"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.written = 0

    def write(self, text: str) -> int:
        self.written += len(text)
        if self.written > self.limit:
            raise OutputLimit
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


class Snapshot:
    """Remembers what tests rely on (builtins, numpy, pandas) and puts it back."""

    def __init__(self, targets: list[Any]) -> None:
        self.saved = [(target, dict(vars(target))) for target in targets]

    def restore(self) -> None:
        for target, saved in self.saved:
            now = vars(target)
            for name, value in saved.items():
                if now.get(name) is not value:
                    self._set(target, name, value)
            if type(target) is type:
                added = [name for name in now if name not in saved and name.startswith("__")]
                for name in added:
                    delattr(target, name)

    @staticmethod
    def _set(target: Any, name: str, value: Any) -> None:
        try:
            setattr(target, name, value)
        except (AttributeError, TypeError):
            return


def preload(modules: list[str]) -> list[Any]:
    """Import what the notebook will import anyway and return what of it tests rely on."""
    targets: list[Any] = [builtins, math]
    if "numpy" in modules or "pandas" in modules:
        numpy = importlib.import_module("numpy")
        targets += [numpy, importlib.import_module("numpy.testing")]
    if "pandas" in modules:
        pandas = importlib.import_module("pandas")
        targets += [
            pandas,
            importlib.import_module("pandas.testing"),
            pandas.DataFrame,
            pandas.Series,
        ]
        targets += [pandas.Index]
    return targets


def limit_resources(limits: dict[str, float]) -> None:
    """Bound this process and its children; soft and hard alike, so that they cannot be raised again."""
    cpu = math.ceil(limits["cpu_s"])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    for name, value in (
        (resource.RLIMIT_AS, int(limits["memory_mb"]) << 20),
        (resource.RLIMIT_FSIZE, int(limits["file_mb"]) << 20),
        (resource.RLIMIT_NPROC, int(limits["processes"])),
        (resource.RLIMIT_NOFILE, int(limits["open_files"])),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))


class Runner:
    """One IPython shell without kernel sockets, threads or history on disk."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.output = CountingOutput(int(settings["limits"]["output_bytes"]))
        targets = preload(settings["preload"])
        self.shell = self._make_shell()
        self.transform = self.shell.input_transformer_manager.transform_cell
        self.builtins = Snapshot([builtins])
        self.snapshot = Snapshot(targets)
        self._seed(str(settings["seed"]))

    def _make_shell(self) -> Any:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.cache_size = 0
        config.InteractiveShell.xmode = "Minimal"
        shell: Any = InteractiveShell.instance(config=config)
        shell.showtraceback = shell.showsyntaxerror = lambda *_args, **_kwargs: None
        shell.display_pub.publish = lambda data, *_args, **_kwargs: self.output.write(
            "".join(value for value in data.values() if isinstance(value, str))
        )
        shell.ask_exit = sys.exit
        shell.enable_gui = lambda *_args, **_kwargs: None
        return shell

    @staticmethod
    def _seed(seed: str) -> None:
        random.seed(seed)
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            numpy.random.seed(int(seed[:8], 16))

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one cell under its time limit and say how it ended."""
        is_test = request["op"] == "test"
        self.output.written = 0
        sys.stdout = sys.stderr = self.output
        if is_test:
            self._restore()
        signal.signal(signal.SIGALRM, self._expire)
        signal.setitimer(signal.ITIMER_REAL, float(request["seconds"]), GRACE_SECONDS)
        try:
            reply = self._run_test(request["code"]) if is_test else self._run_cell(request["code"])
        except BaseException as problem:  # an alarm may fire after the cell's last line
            reply = describe(problem)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return reply | used()

    @staticmethod
    def _expire(_signal: int, _frame: object) -> NoReturn:
        raise CellTimeout

    def _restore(self) -> None:
        sys.settrace(None)
        sys.setprofile(None)
        self.snapshot.restore()

    def _run_cell(self, code: str) -> dict[str, Any]:
        result = self.shell.run_cell(code, store_history=False)
        self.builtins.restore()
        problem = result.error_before_exec or result.error_in_exec
        return describe(problem) if problem is not None else {"status": "ok"}

    def _run_test(self, code: str) -> dict[str, Any]:
        """Run a test past IPython's transformers, hooks and history, which the trainee's code may have changed."""
        space = self.shell.user_ns
        try:
            value = execute(self._parse(code), space)
        except BaseException as problem:  # whatever a test raises is its answer
            return describe(problem)
        return {"status": "ok", "value": value}

    def _parse(self, code: str) -> ast.Module:
        try:
            return ast.parse(code, TEST_FILE)
        except SyntaxError:
            plain: str = self.transform(code)
            return ast.parse(plain, TEST_FILE)


def execute(tree: ast.Module, space: dict[str, Any]) -> float | None:
    """Run a test's statements; return the number its last expression gives, nbgrader's way of partial credit."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        evaluate(compile(tree, TEST_FILE, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), space)
        return None
    before = ast.Module(body=tree.body[:-1], type_ignores=[])
    evaluate(compile(before, TEST_FILE, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), space)
    final = ast.Expression(body=last.value)
    value = evaluate(compile(final, TEST_FILE, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), space)
    if value is None or isinstance(value, bool):
        return None
    if type(value) in (int, float) or type(value).__module__ == "numpy":
        try:
            return float(value)
        except (TypeError, ValueError):
            return None
    return None


def evaluate(code: types.CodeType, space: dict[str, Any]) -> Any:
    """Run compiled code, awaiting it when the cell awaits at its top level."""
    value = eval(code, space)  # noqa: S307  # an author's test, inside the sandbox
    if code.co_flags & inspect.CO_COROUTINE:
        return asyncio.run(value)
    return value


def describe(problem: BaseException) -> dict[str, Any]:
    """Say what was raised: its builtin type, where in the cell, and its text shortened."""
    kind = next(base for base in type(problem).__mro__ if base.__module__ == "builtins" or base in OWN)
    try:
        text = str(problem)[:500]
    except BaseException:  # the exception's text is code of the trainee's too
        text = ""
    lines = []
    step = problem.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name == TEST_FILE or "ipykernel" in name or name.startswith("<ipython-input"):
            lines.append(step.tb_lineno)
        step = step.tb_next
    line = problem.lineno if isinstance(problem, SyntaxError) else (lines[0] if lines else None)
    reply = {"status": "error", "type": kind.__name__, "text": text, "line": line}
    if isinstance(problem, (NameError, AttributeError, ImportError)):
        reply["name"] = str(problem.name or "")[:100]
    elif isinstance(problem, KeyError) and problem.args and isinstance(problem.args[0], str):
        reply["name"] = problem.args[0][:100]
    return reply


OWN = (CellTimeout, OutputLimit)


def used() -> dict[str, Any]:
    """Return CPU seconds and peak memory of this process and of the children it waited for."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return {"cpu_s": cpu, "peak_kb": max(own.ru_maxrss, children.ru_maxrss)}


def close_inherited(kept: int) -> None:
    """Leave no descriptor but the channel; standard streams lead nowhere."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    for name in os.listdir("/proc/self/fd"):
        number = int(name)
        if number > 2 and number != kept:
            try:
                os.close(number)
            except OSError:
                continue
    os.set_inheritable(kept, False)


def main() -> None:
    """Serve requests until the other end closes."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    requests = channel.makefile("r", encoding="utf-8", newline="\n")
    settings = json.loads(requests.readline())
    close_inherited(channel.fileno())
    limit_resources(settings["limits"])
    sys.path.insert(0, "")
    runner = Runner(settings)
    dumps, clock = json.dumps, time.perf_counter
    channel.sendall((dumps({"ready": True} | used()) + "\n").encode())
    for line in requests:
        request = json.loads(line)
        began = clock()
        reply = runner.run(request) | {"nonce": request["nonce"]}
        reply["wall_s"] = clock() - began
        channel.sendall((dumps(reply) + "\n").encode())


if __name__ == "__main__":
    main()
