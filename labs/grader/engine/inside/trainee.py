"""The trainee's process: runs the trainee's cells, hands out the values that are asked for, and calls functions.

Everything here shares a process with hostile code. It holds no test and decides nothing.
"""

from __future__ import annotations

import asyncio
import builtins
import collections
import importlib
import inspect
import json
import os
import select
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .cells import Runner, describe, expire
from .handing import Sent, is_equal
from .keeping import TRAINEE, Kept, is_table, is_unchanged, snapshot
from .link import Frame, Link
from .proxies import FORWARDED
from .refusals import Malformed, Uncrossable
from .signatures import signature_of
from .values import ENCODERS, PLAIN, Decoder, Encoder, Message

MOST_FILES = 500
MOST_FILE_BYTES = 64 << 20
OWN_MODULE = "__main__"


class Trainee:
    """Serves the controller's cells and the checker's questions."""

    def __init__(
        self, runner: Runner, control: socket.socket, link: socket.socket, job: dict[str, Any], files: dict[str, bytes]
    ) -> None:
        self.runner = runner
        self.control = control
        self.link = Link(link, self._serve)
        self.handles: list[Any] = []
        self.numbers: dict[int, int] = {}
        self.sent: dict[str, Sent] = {}
        self.kept = Kept(TRAINEE, {name: runner.space[name] for name in job["shared"]})
        self.times: dict[str, tuple[int, int]] = {}
        sys.path.insert(0, "")
        self._changed_files()
        self.control.sendall(b'{"ready": true}\n')

    def serve(self) -> None:
        """Serve until the controller closes."""
        lines = self.control.makefile("r", encoding="utf-8", newline="\n")
        while True:
            ready, _, _ = select.select([self.control, self.link.channel], [], [])
            if self.control in ready:
                line = lines.readline()
                if not line:
                    return
                self._run(json.loads(line))
            elif self.link.channel in ready:
                try:
                    self.link.answer(self.link.receive())
                except (OSError, Malformed):
                    self.link.channel.close()
                    self.link.channel = self.control

    def _run(self, request: dict[str, Any]) -> None:
        run = self.runner.run_test if request["op"] == "test" else self.runner.run_cell
        reply = run(request["code"], float(request["seconds"])) | {"nonce": request["nonce"]}
        self.control.sendall((json.dumps(reply) + "\n").encode())

    def _serve(self, frame: Frame) -> Frame:
        meta = frame.meta
        if meta.get("forget"):
            self.kept.forget()
        signal.signal(signal.SIGALRM, expire)
        signal.setitimer(signal.ITIMER_REAL, float(meta["seconds"]), 0.5)
        try:
            reply: Frame = getattr(self, f"_do_{meta['op']}")(meta, frame.parts)
            self.kept.commit()
        except BaseException as problem:
            reply = self._error(problem)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return reply

    def _do_get(self, meta: dict[str, Any], _parts: list[memoryview]) -> Frame:
        """Hand out names; those that are missing or cannot cross are said to be."""
        reply = Frame({"names": {}, "refused": {}})
        self.sent = {}
        for name in meta["names"]:
            if name not in self.runner.space:
                continue
            value = self.runner.space[name]
            try:
                sent = Sent(value, self._encode(value))
            except Uncrossable as refusal:
                self.kept.drop()
                reply.meta["refused"][name] = [str(refusal), refusal.kind]
                continue
            self.kept.commit()
            self.sent[name] = sent
            reply.meta["names"][name] = len(reply.parts)
            reply.parts.append(sent.message)
        return reply

    def _do_files(self, _meta: dict[str, Any], _parts: list[memoryview]) -> Frame:
        """Hand out files that were written since the last time."""
        found = self._changed_files()
        return Frame({"files": {name: number for number, (name, _) in enumerate(found)}}, [each for _, each in found])

    def _do_call(self, meta: dict[str, Any], parts: list[memoryview]) -> Frame:
        count = int(meta["positional"])
        values = [self._decode(part) for part in parts]
        before = [snapshot(value) if is_table(value) else None for value in values]
        args, kwargs = values[:count], dict(zip(meta["keywords"], values[count:], strict=True))
        target = self.handles[meta["handle"]]
        if meta["method"]:
            target = (
                getattr(target, meta["method"]) if isinstance(target, type) else self._method(target, meta["method"])
            )
        try:
            result = target(*args, **kwargs)
            is_awaited = inspect.iscoroutine(result)
            reply = self._result(asyncio.run(result) if is_awaited else result, args)
            reply.meta["awaited"] = is_awaited
        except BaseException as problem:
            reply = self._error(problem)
        self._add_changes(reply, values, parts, before)
        written = self._changed_files()
        reply.meta["files"] = {name: len(reply.parts) + number for number, (name, _) in enumerate(written)}
        reply.parts += [content for _, content in written]
        return reply

    @staticmethod
    def _method(target: Any, name: str) -> Any:
        bound = getattr(type(target), name)
        return lambda *args: bound(target, *args)

    def _result(self, result: Any, args: list[Any]) -> Frame:
        for position, argument in enumerate(args):
            if result is argument and type(result) not in PLAIN:
                return Frame({"same": position})
        return Frame({"result": 0}, [self._encode(result)])

    def _add_changes(self, reply: Frame, values: list[Any], parts: list[memoryview], before: list[Any]) -> None:
        """Say which arguments and which names handed out before are no longer what they were."""
        reply.meta["arguments"], reply.meta["changed"] = {}, {}
        for position, value in enumerate(values):
            if before[position] is not None:
                is_same = is_unchanged(value, before[position])
            elif type(value) in PLAIN or type(value) not in ENCODERS:
                continue
            else:
                is_same = is_equal(self._encode(value, by_name=False).joined(), parts[position])
            if not is_same:
                reply.meta["arguments"][str(position)] = len(reply.parts)
                reply.parts.append(self._encode(value))
        for name, sent in list(self.sent.items()):
            value = self.runner.space.get(name)
            if sent.is_still(value, self._encode):
                continue
            self.sent[name] = Sent(value, self._encode(value))
            reply.meta["changed"][name] = len(reply.parts)
            reply.parts.append(self.sent[name].message)

    def _do_getattr(self, meta: dict[str, Any], _parts: list[memoryview]) -> Frame:
        return Frame({"result": 0}, [self._encode(getattr(self.handles[meta["handle"]], meta["name"]))])

    def _do_setattr(self, meta: dict[str, Any], parts: list[memoryview]) -> Frame:
        setattr(self.handles[meta["handle"]], meta["name"], self._decode(parts[0]))
        return Frame({"result": 0}, [self._encode(None)])

    def _error(self, problem: BaseException) -> Frame:
        self.kept.drop()
        said = describe(problem)
        arguments: tuple[Any, ...] = problem.args
        text = arguments[0] if len(arguments) == 1 and type(arguments[0]) is str else said["text"]
        error: dict[str, Any] = {"type": said["type"], "text": text[:2000], "name": said.get("name", "")}
        reply = Frame({"error": error})
        if type(problem).__module__ == OWN_MODULE:
            reply.parts.append(self._encode(type(problem)))
            error["class"] = 0
        return reply

    def _encode(self, value: Any, *, by_name: bool = True) -> Message:
        encoder = Encoder(self._encode_remote, self.kept if by_name else None)
        return encoder.finish(encoder.encode(value))

    def _decode(self, part: memoryview) -> Any:
        decoder = Decoder(part, self._decode_remote, self.kept)
        decoder.copies = True
        return decoder.value()

    def _handle(self, value: Any) -> int:
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.handles)
            self.handles.append(value)
        return number

    def _encode_remote(self, encoder: Encoder, value: Any) -> list[Any] | None:
        kind = type(value)
        if value is NotImplemented:
            return ["notimplemented"]
        if isinstance(value, type):
            return self._encode_class(encoder, value)
        fields = getattr(kind, "_fields", None)
        if isinstance(value, tuple) and fields is not None:
            return ["record", kind.__name__, list(fields), encoder.encode_all(tuple.__iter__(value))]
        if hasattr(kind, "__next__"):
            return ["iterator", self._handle(value)]
        if kind.__module__ == OWN_MODULE:
            return ["instance", self._handle(value), self._encode_class(encoder, kind)]
        if callable(value):
            name, doc = getattr(value, "__name__", ""), getattr(value, "__doc__", None)
            return ["function", self._handle(value), name, doc if type(doc) is str else None, signature_of(value)]
        return None

    def _encode_class(self, encoder: Encoder, kind: type) -> list[Any] | None:
        if kind.__module__ != OWN_MODULE:
            return ["function", self._handle(kind), kind.__name__, None, None]
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return ["recordclass", kind.__name__, list(kind._fields)]
        bases = [self._encode_class(encoder, base) for base in kind.__bases__ if base.__module__ == OWN_MODULE]
        own = [name for base in kind.__mro__ if base.__module__ == OWN_MODULE for name in vars(base)]
        methods = sorted({name for name in own if name in FORWARDED})
        raised = next((base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"), "object")
        doc = kind.__doc__ if type(kind.__doc__) is str else None
        return ["class", self._handle(kind), kind.__name__, bases, methods, raised, doc]

    def _decode_remote(self, decoder: Decoder, term: list[Any]) -> Any:
        name, *rest = term
        if name == "handle":
            return self.handles[rest[0]]
        if name == "builtin":
            return getattr(importlib.import_module(rest[0]), rest[1])
        if name == "callback":
            return lambda *args, **kwargs: self._call_back(rest[0], args, kwargs)
        if name == "pull":
            return self._pull(rest[0])
        if name == "record":
            return collections.namedtuple(rest[0], rest[1])(*decoder.decode_all(rest[2]))
        raise Malformed(name)

    def _call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        meta = {"op": "callback", "number": number, "positional": len(args), "keywords": list(kwargs)}
        parts = [self._encode(value) for value in (*args, *kwargs.values())]
        self.kept.commit()
        reply = self.link.ask(meta, parts)
        if "error" in reply.meta:
            raise getattr(builtins, reply.meta["error"], Exception)
        return self._decode(reply.parts[0])

    def _pull(self, number: int) -> Iterator[Any]:
        while True:
            try:
                yield self._call_back(number, (), {})
            except StopIteration:
                return

    def _changed_files(self) -> list[tuple[str, bytes]]:
        """Read what was written below the working directory; links are not followed."""
        found: list[tuple[str, bytes]] = []
        total = 0
        for folder, _, names in os.walk("/work"):
            for name in names:
                path = Path(folder, name)
                facts = path.lstat()
                mark = (facts.st_mtime_ns, facts.st_size)
                relative = str(path.relative_to("/work"))
                if not stat.S_ISREG(facts.st_mode) or self.times.get(relative) == mark or len(found) >= MOST_FILES:
                    continue
                self.times[relative] = mark
                total += facts.st_size
                if total <= MOST_FILE_BYTES:
                    found.append((relative, path.read_bytes()))
        return found
