"""The line between trainee and checker: frames of a description and messages, questions that may nest, answers."""

from __future__ import annotations

import json
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .cells import LinkBroken
from .refusals import Malformed
from .values import MOST_BYTES

CHUNK = 1 << 20
MOST_NESTED = 40
MOST_FRAME = MOST_BYTES + (16 << 20)


@dataclass
class Frame:
    """What goes over the line at once: a few facts and any number of encoded values."""

    meta: dict[str, Any]
    parts: list[Any] = field(default_factory=list)

    def packed(self) -> list[bytes]:
        """Return the bytes of the frame, long messages as they lie."""
        head = json.dumps({"meta": self.meta, "sizes": [len(part) for part in self.parts]}).encode()
        total = 4 + len(head) + sum(map(len, self.parts))
        head = total.to_bytes(8, "big") + len(head).to_bytes(4, "big") + head
        return [head, *self.parts] if total > CHUNK else [b"".join([head, *self.parts])]


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
            start += each
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

    def ask(self, meta: dict[str, Any], parts: Sequence[bytes] = ()) -> Frame:
        """Ask and wait for the answer. Raises LinkBroken when the other end is gone or out of step."""
        if self.broken or self.nested >= MOST_NESTED:
            raise LinkBroken
        nonce = secrets.token_hex(8)
        self.nested += 1
        # An alarm in the middle of a frame leaves the line out of step, so only a whole exchange unbreaks it.
        self.broken = "timeout"
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
            self.broken = "closed"
            raise LinkBroken from None
        finally:
            self.nested -= 1
        if frame.meta.get("nonce") != nonce:
            self.broken = "closed"
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
        return unpack(memoryview(self._read(size)))

    def _send(self, frame: Frame) -> None:
        self._hurry()
        for piece in frame.packed():
            self.channel.sendall(piece)

    def _hurry(self) -> None:
        """Bound the next wait by the deadline, where there is one, however slowly bytes trickle in."""
        if self.deadline:
            self.channel.settimeout(max(self.deadline - time.monotonic(), 0.01))

    def _read(self, size: int) -> bytearray:
        """Read exactly so many bytes; memory grows with what arrives, not with what was announced."""
        content = bytearray()
        while len(content) < size:
            self._hurry()
            chunk = self.channel.recv(min(CHUNK, size - len(content)))
            if not chunk:
                raise OSError("closed")
            content += chunk
        return content
