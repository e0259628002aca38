"""The line between trainee and checker: frames of a description and messages, questions that may nest, answers."""

from __future__ import annotations

import json
import mmap
import secrets
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .cells import LinkBroken
from .refusals import Malformed
from .values import LINE, MOST_BYTES, Message

SHORT = 1 << 14
MOST_ZEROED = 1 << 20
MOST_NESTED = 40
MOST_FRAME = MOST_BYTES + (16 << 20)

TOO_SLOW, CLOSED = "timeout", "closed"
"""How a line broke."""


@dataclass
class Frame:
    """What goes over the line at once: a few facts and any number of encoded values."""

    meta: dict[str, Any]
    parts: list[Any] = field(default_factory=list)

    def packed(self) -> list[Any]:
        """Return the bytes of the frame, long messages as they lie; each begins at a multiple of a cache line."""
        parts = [part.pieces if isinstance(part, Message) else [part] for part in self.parts]
        sizes = [sum(map(len, pieces)) for pieces in parts]
        head = json.dumps({"meta": self.meta, "sizes": sizes}).encode()
        head += b" " * (-(len(head) + 4) % LINE)
        total = 4 + len(head) + sum(size + -size % LINE for size in sizes)
        pieces = [total.to_bytes(8, "big") + len(head).to_bytes(4, "big") + head]
        for part, size in zip(parts, sizes, strict=True):
            pieces += [*part, bytes(-size % LINE)]
        return _merged(pieces)


def _merged(pieces: list[Any]) -> list[Any]:
    """Join short neighbors, so that a frame of small values is one send."""
    merged: list[Any] = []
    short: list[Any] = []
    for piece in pieces:
        if len(piece) < SHORT:
            short.append(piece)
            continue
        merged += [b"".join(short), piece] if short else [piece]
        short = []
    return [*merged, b"".join(short)] if short else merged


def unpack(body: memoryview) -> Frame:
    """Read a frame's bytes. Raises Malformed."""
    size = int.from_bytes(body[:4], "big")
    try:
        head = json.loads(bytes(body[4 : 4 + size]))
        meta, sizes = head["meta"], head["sizes"]
        parts, start = [], 4 + size
        for each in sizes:
            if type(each) is not int or not 0 <= each <= len(body) - start:
                raise Malformed("frame")
            parts.append(body[start : start + each])
            start += each + -each % LINE
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Malformed("frame") from None
    if type(meta) is not dict:
        raise Malformed("frame")
    return Frame(meta, parts)


class Link:
    """One end of the line. `serve` answers the other end's questions, also while this end waits for an answer."""

    def __init__(self, channel: socket.socket, serve: Callable[[Frame], Frame]) -> None:
        self.channel = channel
        self.serve = serve
        self.broken = ""
        self.nested = 0
        self.deadline = 0.0

    def ask(self, meta: dict[str, Any], parts: Sequence[Any] = ()) -> Frame:
        """Ask and wait for the answer. Raises LinkBroken when the other end is gone or out of step."""
        if self.broken or self.nested >= MOST_NESTED:
            raise LinkBroken
        nonce = secrets.token_hex(8)
        self.nested += 1
        # An alarm in the middle of a frame leaves the line out of step, so only a whole exchange unbreaks it.
        self.broken = TOO_SLOW
        try:
            self._send(Frame({**meta, "nonce": nonce}, list(parts)))
            while True:
                frame = self.receive()
                if "op" not in frame.meta:
                    break
                self.answer(frame)
        except TimeoutError:
            raise LinkBroken from None
        except (OSError, Malformed):
            self.broken = CLOSED
            raise LinkBroken from None
        finally:
            self.nested -= 1
        if frame.meta.get("nonce") != nonce:
            self.broken = CLOSED
            raise LinkBroken
        self.broken = ""
        return frame

    def answer(self, frame: Frame) -> None:
        """Answer one question."""
        was_broken, self.broken = self.broken, ""
        reply = self.serve(frame)
        reply.meta["nonce"] = frame.meta.get("nonce")
        self._send(reply)
        self.broken = was_broken

    def receive(self) -> Frame:
        """Wait for the next frame."""
        size = int.from_bytes(self._read(8), "big")
        if size > MOST_FRAME:
            raise Malformed("frame")
        return unpack(self._read(size))

    def _send(self, frame: Frame) -> None:
        self._hurry()
        for piece in frame.packed():
            self.channel.sendall(piece)

    def _hurry(self) -> None:
        """Bound the next wait by the deadline, where there is one, however slowly bytes trickle in."""
        if self.deadline:
            self.channel.settimeout(max(self.deadline - time.monotonic(), 0.01))

    def _read(self, size: int) -> memoryview:
        """Read exactly so many bytes; memory grows with what arrives, not with what was announced."""
        content = _room(size)
        start = 0
        while start < size:
            self._hurry()
            count = self.channel.recv_into(content[start:])
            if not count:
                raise OSError("closed")
            start += count
        return content


def _room(size: int) -> memoryview:
    """Return memory that may be written to; pages of a long one are made as they fill."""
    numpy = sys.modules.get("numpy")
    if size <= SHORT or numpy is None:
        return memoryview(bytearray(size) if size <= MOST_ZEROED else mmap.mmap(-1, size))
    return memoryview(numpy.empty(size, numpy.uint8))
