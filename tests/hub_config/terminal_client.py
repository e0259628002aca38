"""Types into a Lab's terminal as its owner; in the hub's environment: `terminal_client.py SERVER_URL TOKEN LINE MARK`."""

from __future__ import annotations

import asyncio
import json
import sys

import aiohttp


async def run(server: str, token: str, line: str, mark: str) -> str:
    """Return what a fresh terminal shows up to `mark`."""
    said = ""
    async with aiohttp.ClientSession(headers={"Authorization": f"token {token}"}) as session:
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
    print(asyncio.run(asyncio.wait_for(run(*sys.argv[1:]), timeout=40)))
