"""Runs code in a Lab as its owner, in the environment of the hub: `kernel_client.py SERVER_URL TOKEN [ACTION …] < code`."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import uuid
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult


class Loopback(AbstractResolver):
    """Finds every name at the loopback: names below `localhost` are known to browsers, not to every C library."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the one address of `host`."""
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


def message(code: str) -> dict[str, Any]:
    """Return the request to run `code`."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "username": "",
        "session": uuid.uuid4().hex,
        "date": "",
        "version": "5.3",
    }
    content = {
        "code": code,
        "silent": False,
        "store_history": False,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": True,
    }
    return {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "content": content,
        "channel": "shell",
        "buffers": [],
    }


async def run(server: str, token: str, code: str) -> str:
    """Return what `code` prints in a fresh kernel, or its error."""
    async with session_of(token) as session:
        async with session.post(f"{server}api/kernels", json={"name": "python3"}) as made:
            made.raise_for_status()
            kernel = (await made.json())["id"]
        request = message(code)
        said = ""
        async with session.ws_connect(f"{server}api/kernels/{kernel}/channels", max_msg_size=0) as channel:
            await channel.send_json(request)
            async for frame in channel:
                got = json.loads(frame.data)
                if got["parent_header"].get("msg_id") != request["header"]["msg_id"]:
                    continue
                if got["msg_type"] == "stream":
                    said += got["content"]["text"]
                if got["msg_type"] == "error":
                    said += f"{got['content']['ename']}: {got['content']['evalue']}"
                if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                    break
        await session.delete(f"{server}api/kernels/{kernel}")
        return said


def session_of(token: str) -> Any:
    """Return a client session of the owner of a token."""
    connector = aiohttp.TCPConnector(resolver=Loopback())
    return aiohttp.ClientSession(headers={"Authorization": f"token {token}"}, connector=connector)


async def interrupt(server: str, token: str, kernel: str) -> str:
    """Return with which error a cell ends that runs, and waits for a program, when the kernel is interrupted."""
    request = message("import subprocess; print('begun', flush=True); subprocess.run(['sleep', '60'])")
    async with (
        session_of(token) as session,
        session.ws_connect(f"{server}api/kernels/{kernel}/channels", max_msg_size=0) as channel,
    ):
        await channel.send_json(request)
        async for frame in channel:
            got = json.loads(frame.data)
            if got["parent_header"].get("msg_id") != request["header"]["msg_id"]:
                continue
            if got["msg_type"] == "stream" and "begun" in got["content"]["text"]:
                async with session.post(f"{server}api/kernels/{kernel}/interrupt") as answer:
                    answer.raise_for_status()
            if got["msg_type"] == "error":
                return str(got["content"]["ename"])
    return "closed"


async def leave(server: str, token: str, kernel: str) -> str:
    """Have a kernel end itself without a word."""
    async with (
        session_of(token) as session,
        session.ws_connect(f"{server}api/kernels/{kernel}/channels", max_msg_size=0) as channel,
    ):
        await channel.send_json(message("import os; os._exit(3)"))
        await asyncio.sleep(1)
    return "left"


async def begin(server: str, token: str, code: str) -> str:
    """Have a fresh kernel begin with `code` and return its id at once."""
    request = message(code)
    async with session_of(token) as session:
        async with session.post(f"{server}api/kernels", json={"name": "python3"}) as made:
            made.raise_for_status()
            kernel = str((await made.json())["id"])
        async with session.ws_connect(f"{server}api/kernels/{kernel}/channels", max_msg_size=0) as channel:
            await channel.send_json(request)
            async for frame in channel:
                got = json.loads(frame.data)
                if got["parent_header"].get("msg_id") == request["header"]["msg_id"]:
                    break
        return kernel


async def type_line(server: str, token: str, line: str, mark: str) -> str:
    """Return what a fresh terminal shows up to `mark` after a line was typed."""
    said = ""
    async with session_of(token) as session:
        async with session.post(f"{server}api/terminals") as made:
            made.raise_for_status()
            name = (await made.json())["name"]
        async with session.ws_connect(f"{server}terminals/websocket/{name}", max_msg_size=0) as channel:
            await channel.send_json(["set_size", 31, 97])
            await channel.send_json(["stdin", f"{line}\r"])
            async for frame in channel:
                kind, *content = json.loads(frame.data)
                said += content[0] if kind == "stdout" else ""
                if mark in said:
                    break
        async with session.delete(f"{server}api/terminals/{name}") as gone:
            gone.raise_for_status()
        return said


if __name__ == "__main__":
    address, owner, *more = sys.argv[1:]
    actions: dict[str, Any] = {"begin": begin, "interrupt": interrupt, "leave": leave, "terminal": type_line}
    action = actions[more[0]](address, owner, *more[1:]) if more else run(address, owner, sys.stdin.read())
    print(asyncio.run(asyncio.wait_for(action, timeout=90)))
