"""A process that writes a row every 100 ms and remembers how long it waited: `python writer.py DATABASE` until SIGTERM.

It uses the drivers alone, so that it starts at once and measures nothing but the database.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import sys
import time
from typing import Any

EVERY_S = 0.1
PATIENCE_S = 20.0
CREATE = "CREATE TABLE IF NOT EXISTS faults_writer (at TEXT)"


def main(database: str) -> None:
    """Write, and print what the waits were."""
    connection, begin = _opened(database)
    waits: list[float] = []
    refused = 0
    is_over: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: is_over.append(True))
    print("ready", flush=True)
    while not is_over:
        begun = time.monotonic()
        try:
            connection.execute(begin)
            connection.execute(f"INSERT INTO faults_writer VALUES ('{time.time()}')")
            connection.execute("COMMIT")
        except sqlite3.OperationalError:
            refused += 1
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        waits.append(time.monotonic() - begun)
        time.sleep(EVERY_S)
    print(json.dumps({"writes": len(waits), "refused": refused, "longest_s": round(max(waits), 3)}), flush=True)


def _opened(database: str) -> tuple[Any, str]:
    if database.startswith("{"):
        import psycopg  # only where there is PostgreSQL

        connection: Any = psycopg.connect(**json.loads(database), autocommit=True)
        connection.execute(CREATE)
        return connection, "BEGIN"
    connection = sqlite3.connect(database, timeout=PATIENCE_S, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute(CREATE)
    return connection, "BEGIN IMMEDIATE"


if __name__ == "__main__":
    main(sys.argv[1])
