"""The checker's process: the release's own cells and its tests run here, on values that the trainee's process hands out.

No cell of a trainee's ever runs here, and nothing that arrives is believed: values are built anew from checked
parts, functions and classes are stubs, and every name that the task does not ask for is this process's own.
"""

from __future__ import annotations

import importlib
import json
import socket
import sys
import time
import types
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from . import proxies
from .cells import CellTimeout, LinkBroken, OutputLimit, Runner
from .changing import become
from .guarding import Guard
from .keeping import CHECKER, Kept
from .link import CLOSED, Frame, Link
from .refusals import Malformed, Uncrossable
from .stubs import Stubs
from .values import Decoder, Encoder, Message

OWN_MODULES = "/templates"
BUILTIN_MODULES = ("builtins", "math", "operator", "statistics", "cmath", "numpy", "pandas")
# Within a test the trainee's own alarm rings a little earlier, so that a slow function is told from a dead process.
MARGIN_SECONDS = 0.5
RAISED = {"CellTimeout": CellTimeout, "OutputLimit": OutputLimit}


class Checker:
    """Serves the controller's tests."""

    def __init__(
        self, runner: Runner, control: socket.socket, link: socket.socket, job: dict[str, Any], files: dict[str, bytes]
    ) -> None:
        self.runner = runner
        self.control = control
        self.link = Link(link, self._serve)
        self.stubs = Stubs(self, frozenset(job["classes"]))
        self.files = frozenset(files)
        self.deadline = time.monotonic()
        self.callbacks: list[Any] = []
        self.shared = {name: runner.space[name] for name in job["shared"]}
        self.kept = Kept(CHECKER, self.shared)
        self.taken: frozenset[str] = frozenset()
        self.guard = Guard()
        self._add_own_modules(files)
        self.guard.install()
        self.control.sendall(b'{"ready": true}\n')

    @staticmethod
    def _add_own_modules(files: dict[str, bytes]) -> None:
        """Import the release's modules from a copy, beside which no file of the trainee's can lie."""
        for name, content in files.items():
            if name.endswith(".py"):
                path = Path(OWN_MODULES, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        sys.path.insert(0, OWN_MODULES)

    def serve(self) -> None:
        """Serve until the controller closes."""
        while True:
            line, numbers, _, _ = socket.recv_fds(self.control, 1 << 16, 1)
            while line and not line.endswith(b"\n"):
                line += self.control.recv(1 << 16)
            if not line:
                return
            request = json.loads(line)
            if request["op"] == "link":
                self.link = Link(socket.socket(fileno=numbers[0]), self._serve)
                self.callbacks, self.kept = [], Kept(CHECKER, self.shared if request["shared"] else {})
                self.stubs = Stubs(self, self.stubs.classes)
                reply: dict[str, Any] = {}
            else:
                reply = self._run(request)
            self.control.sendall((json.dumps(reply | {"nonce": request["nonce"]}) + "\n").encode())

    def _run(self, request: dict[str, Any]) -> dict[str, Any]:
        seconds = float(request["seconds"])
        self.deadline = self.link.deadline = time.monotonic() + seconds
        refused: dict[str, Any] = {}
        try:
            self._take_files(self._ask({"op": "files"}))
            refused = self._take(request["names"])
        except (LinkBroken, Malformed):
            return {"status": "error", "type": "LinkBroken", "broken": self.link.broken or CLOSED}
        if refused:
            name, (reason, kind) = sorted(refused.items())[0]
            return {
                "status": "error",
                "type": "Uncrossable",
                "text": f"{name}：{reason}"[:500],
                "name": str(kind)[:100],
            }
        self.guard.is_testing = request["op"] == "test"
        run = self.runner.run_test if self.guard.is_testing else self.runner.run_cell
        reply = run(request["code"], seconds)
        return reply | {"broken": self.link.broken}

    def _take(self, names: list[str]) -> dict[str, Any]:
        """Bind the names that the task asks for to what the trainee made of them; return those that cannot cross."""
        self.taken = frozenset(names)
        if not names:
            return {}
        reply = self._ask({"op": "get", "names": names})
        found, refused = reply.meta.get("names"), reply.meta.get("refused")
        if type(found) is not dict or type(refused) is not dict:
            raise LinkBroken
        missing = {}
        for name in names:
            self.runner.space.pop(name, None)
            if name in refused:
                missing[name] = [str(each)[:200] for each in refused[name]][:2]
            elif name in found:
                try:
                    self.runner.space[name] = self._decode(self._part(reply, found[name]))
                except Uncrossable as refusal:
                    missing[name] = [str(refusal), refusal.kind]
        return missing

    def _take_files(self, reply: Frame) -> None:
        """Copy what the trainee wrote; the release's own files stay as they are."""
        for name, number in self._numbers(reply, "files").items():
            path, content = PurePosixPath(name), self._part(reply, number)
            if path.is_absolute() or ".." in path.parts or "\0" in name or str(path) in self.files:
                continue
            try:
                Path("/work", path).parent.mkdir(parents=True, exist_ok=True)
                Path("/work", path).write_bytes(content)
                self.guard.add(name, content)
            except (OSError, ValueError):
                continue

    def _ask(self, meta: dict[str, Any], parts: Sequence[Any] = ()) -> Frame:
        left = max(self.deadline - time.monotonic() - MARGIN_SECONDS, 0.1)
        self.kept.commit()
        is_doubtful, self.kept.is_doubtful = self.kept.is_doubtful, False
        return self.link.ask({**meta, "seconds": left, "forget": is_doubtful}, parts)

    @staticmethod
    def _part(reply: Frame, number: Any) -> memoryview:
        if type(number) is not int or not 0 <= number < len(reply.parts):
            raise LinkBroken
        part: memoryview = reply.parts[number]
        return part

    def call(self, handle: int, args: tuple[Any, ...], kwargs: dict[str, Any], method: str = "") -> Any:
        """Call over there; then bring arguments and names to what the call made of them."""
        values = [*args, *kwargs.values()]
        meta = {"op": "call", "handle": handle, "method": method, "positional": len(args), "keywords": list(kwargs)}
        self.kept.drop()
        reply = self._ask(meta, [self._encode(value) for value in values])
        for position, number in self._numbers(reply, "arguments").items():
            if str(position).isdecimal() and int(position) < len(values):
                become(values[int(position)], self._decode(self._part(reply, number)))
        for name, number in self._numbers(reply, "changed").items():
            self._change(name, self._decode(self._part(reply, number)))
        self._take_files(reply)
        if reply.meta.get("awaited") is True and "error" not in reply.meta:
            return _ready(self._result(reply))
        same = reply.meta.get("same")
        if type(same) is int and 0 <= same < len(args):
            return args[same]
        return self._result(reply)

    def _change(self, name: str, value: Any) -> None:
        # Only what this test was handed may change; every other name here is the release's own.
        if name in self.taken and name in self.runner.space and not become(self.runner.space[name], value):
            self.runner.space[name] = value

    @staticmethod
    def _numbers(reply: Frame, name: str) -> dict[str, Any]:
        found = reply.meta.get(name)
        return found if type(found) is dict else {}

    def attribute(self, handle: int, name: str) -> Any:
        """Read an attribute over there."""
        return self._result(self._ask({"op": "getattr", "handle": handle, "name": name}))

    def set_attribute(self, handle: int, name: str, value: Any) -> None:
        """Set an attribute over there."""
        self._result(self._ask({"op": "setattr", "handle": handle, "name": name}, [self._encode(value)]))

    def _result(self, reply: Frame) -> Any:
        error = reply.meta.get("error")
        if type(error) is not dict:
            return self._decode(self._part(reply, reply.meta.get("result")))
        if error.get("type") in RAISED:
            self.kept.forget()
            raise RAISED[error["type"]]
        if error.get("type") == "Uncrossable":
            raise Uncrossable(str(error.get("text"))[:500], str(error.get("name"))[:100])
        kind = proxies.builtin_exception(error.get("type"))
        if "class" in error:
            own = self._decode(self._part(reply, error["class"]))
            kind = own if isinstance(own, type) and issubclass(own, BaseException) else kind
        problem = proxies.make_exception(kind, error.get("text"))
        if isinstance(problem, (NameError, AttributeError, ImportError)):
            problem.name = str(error.get("name"))[:100]
        raise problem

    def _encode(self, value: Any) -> Message:
        encoder = Encoder(self._encode_remote, self.kept)
        return encoder.finish(encoder.encode(value))

    def _decode(self, part: memoryview) -> Any:
        try:
            return Decoder(part, self.stubs.build, self.kept, is_trusting=False).value()
        except (Malformed, Uncrossable) as problem:
            # The tables in it were not all read, so that none of those that the other side has sent can be named.
            self.kept.is_doubtful = True
            if isinstance(problem, Uncrossable):
                raise
            raise Uncrossable("传来的值不完整", str(problem)) from None

    def _encode_remote(self, encoder: Encoder, value: Any) -> list[Any] | None:
        kind = type(value)
        if isinstance(
            value, (proxies.RemoteFunction, proxies.RemoteIterator, proxies.RemoteObject, proxies.RemoteClass)
        ):
            return [
                "handle",
                object.__getattribute__(value, "_handle") if not isinstance(value, type) else value._handle,
            ]
        module, name = getattr(value, "__module__", None), getattr(value, "__name__", None)
        if module in BUILTIN_MODULES and getattr(importlib.import_module(module), str(name), None) is value:
            return ["builtin", module, name]
        if kind.__module__ == "numpy" and getattr(sys.modules["numpy"], str(name), None) is value:
            return ["builtin", "numpy", name]
        if isinstance(value, tuple) and hasattr(kind, "_fields"):
            return ["record", kind.__name__, list(kind._fields), encoder.encode_all(value)]
        if isinstance(value, (types.FunctionType, types.MethodType)):
            return ["callback", self._offer(value)]
        if hasattr(kind, "__next__"):
            return ["pull", self._offer(lambda: next(value))]
        return None

    def _offer(self, function: Any) -> int:
        self.callbacks.append(function)
        return len(self.callbacks) - 1

    def _serve(self, frame: Frame) -> Frame:
        """Let the trainee's code call a function that a test handed to it, and nothing else."""
        number, count = frame.meta.get("number"), frame.meta.get("positional")
        if frame.meta.get("op") != "callback" or type(number) is not int or not 0 <= number < len(self.callbacks):
            raise Malformed("callback")
        try:
            values = [self._decode(part) for part in frame.parts]
            kwargs = dict(zip(map(str, frame.meta["keywords"]), values[count:], strict=True))
            part = self._encode(self.callbacks[number](*values[:count], **kwargs))
        except Exception as problem:
            self.kept.drop()
            return Frame({"error": proxies.builtin_exception(type(problem).__name__).__name__})
        self.kept.commit()
        return Frame({}, [part])


async def _ready(value: Any) -> Any:
    """Return what a coroutine over there has come to."""
    return value
