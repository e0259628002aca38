"""Runs cells in one IPython shell without kernel sockets, threads or history, and says how each of them ended."""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import inspect
import io
import random
import resource
import signal
import sys
import time
import types
from typing import Any, NoReturn

from .refusals import Uncrossable

TEST_FILE = "<test>"
GRACE_SECONDS = 0.5
RESERVE_BYTES = 4 << 20


class CellTimeout(BaseException):
    """The cell's time is used up."""


class OutputLimit(BaseException):
    """The cell wrote more than a person could read."""


class LinkBroken(BaseException):
    """The trainee's process no longer answers."""


OWN = (CellTimeout, OutputLimit, LinkBroken, Uncrossable)


class CountingOutput(io.TextIOBase):
    """Stands for stdout and stderr: nothing is kept, because nothing written there decides anything."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.limit = 1 << 26
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


class Runner:
    """One shell; `space` is the namespace its cells share."""

    def __init__(self) -> None:
        self.output = CountingOutput()
        self.reserve: bytearray | None = None
        self.shell = self._make_shell()
        self.transform = self.shell.input_transformer_manager.transform_cell
        self.space: dict[str, Any] = self.shell.user_ns
        self.builtins = dict(vars(builtins))
        self.run_cell("def f(x):\n    return x.nope\ntry:\n    f(1)\nexcept Exception:\n    del f", 10)

    def _make_shell(self) -> Any:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.cache_size = 0
        config.InteractiveShell.xmode = "Minimal"
        shell: Any = InteractiveShell.instance(config=config)
        shell.showtraceback = shell.showsyntaxerror = lambda *_args, **_kwargs: self._free_reserve()
        shell.display_pub.publish = lambda data, *_args, **_kwargs: self.output.write(
            "".join(value for value in data.values() if isinstance(value, str))
        )
        shell.ask_exit = sys.exit
        shell.enable_gui = lambda *_args, **_kwargs: None
        return shell

    def seed(self, text: str) -> None:
        """Make chance depend on this text alone."""
        random.seed(text)
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            numpy.random.seed(int(text[:8], 16))

    def run_cell(self, code: str, seconds: float) -> dict[str, Any]:
        """Run a cell as the kernel would."""
        return self._timed(lambda: self._run_cell(code), seconds)

    def run_test(self, code: str, seconds: float) -> dict[str, Any]:
        """Run a test past IPython's transformers, hooks and history."""
        return self._timed(lambda: self._run_test(code), seconds)

    def _hold_reserve(self) -> None:
        """Keep memory back, so that a cell that has taken all of it can still be answered for."""
        if self.reserve is None:
            with contextlib.suppress(MemoryError):
                self.reserve = bytearray(RESERVE_BYTES)

    def _free_reserve(self) -> None:
        self.reserve = None

    def _timed(self, action: Any, seconds: float) -> dict[str, Any]:
        self._hold_reserve()
        self.output.written = 0
        sys.stdout = sys.stderr = self.output
        began = time.perf_counter()
        signal.signal(signal.SIGALRM, expire)
        signal.setitimer(signal.ITIMER_REAL, seconds, GRACE_SECONDS)
        try:
            reply: dict[str, Any] = action()
        except BaseException as problem:  # an alarm may fire after the cell's last line
            self._free_reserve()
            reply = describe(problem)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return reply | used() | {"wall_s": time.perf_counter() - began}

    def _run_cell(self, code: str) -> dict[str, Any]:
        result = self.shell.run_cell(code, store_history=False)
        # A trainee who rebinds what Python is built of must not lose the questions after it.
        for name, value in self.builtins.items():
            setattr(builtins, name, value)
        problem = result.error_before_exec or result.error_in_exec
        return describe(problem) if problem is not None else {"status": "ok"}

    def _run_test(self, code: str) -> dict[str, Any]:
        try:
            value = execute(self._parse(code), self.space)
        except BaseException as problem:  # whatever a test raises is its answer
            self._free_reserve()
            return describe(problem)
        return {"status": "ok", "value": value}

    def _parse(self, code: str) -> ast.Module:
        try:
            return ast.parse(code, TEST_FILE)
        except SyntaxError:
            plain: str = self.transform(code)
            return ast.parse(plain, TEST_FILE)


def expire(_signal: int, _frame: object) -> NoReturn:
    """Interrupt what runs; the alarm rings again for code that swallows it."""
    raise CellTimeout


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
    if value is None or type(value).__name__ in ("bool", "bool_"):
        return None
    if type(value) in (int, float) or type(value).__module__ == "numpy":
        try:
            return float(value)
        except (TypeError, ValueError):
            pass
    # A sum of points that is no number was spoilt by what it adds; anything else shown at the end says nothing.
    return 0.0 if isinstance(last.value, ast.BinOp) else None


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
    line = problem.lineno if isinstance(problem, SyntaxError) else _line_of(problem)
    reply = {"status": "error", "type": kind.__name__, "text": text, "line": line}
    if isinstance(problem, (NameError, AttributeError, ImportError)):
        reply["name"] = str(problem.name or "")[:100]
    elif isinstance(problem, KeyError) and problem.args and isinstance(problem.args[0], str):
        reply["name"] = problem.args[0][:100]
    elif isinstance(problem, Uncrossable):
        reply["name"] = problem.kind[:100]
    return reply


def _line_of(problem: BaseException) -> int | None:
    step = problem.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name == TEST_FILE or "ipykernel" in name or name.startswith("<ipython-input"):
            return step.tb_lineno
        step = step.tb_next
    return None


def used() -> dict[str, Any]:
    """Return CPU seconds and peak memory of this process and of the children it waited for."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return {"cpu_s": cpu, "peak_kb": max(own.ru_maxrss, children.ru_maxrss)}
