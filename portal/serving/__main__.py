"""Serves the portal on sockets that the supervisor opened: `python -m portal.serving --threads 4 fd://3`."""

from __future__ import annotations

import argparse
import importlib
import resource
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from portal.serving.callers import CallerOf, by_address, nobody
from portal.serving.family import keep
from portal.serving.limits import Limits
from portal.serving.server import Process

MOST_FILES = 16_384


def main(arguments: Sequence[str]) -> int:
    """Load the application once and serve it in as many processes as asked for."""
    asked = _parser().parse_args(arguments)
    from portal.wsgi import application  # after the arguments: it takes seconds

    _raise_file_limit()
    limits = Limits(
        threads=asked.threads,
        threads_per_caller=asked.threads_per_caller,
        connections_per_caller=asked.connections_per_caller,
        body=_largest_dataset() if asked.takes_datasets else Limits.body,
    )
    listeners = [socket.socket(fileno=number) for number in asked.listener]
    for listener in listeners:
        listener.setblocking(False)
    caller_of = _caller_of(asked.caller)

    def serve() -> None:
        if asked.beside:
            _named(asked.beside)(asked.processes, asked.threads)
        Process(application, listeners, limits, caller_of, shows_session_or_token).run()

    return keep(asked.processes, serve, limits.stopping_s)


def shows_session_or_token(headers: Mapping[str, str]) -> bool:
    """Return whether a request claims to come from somebody known.
    What it claims is checked later, by the application."""
    from django.conf import settings

    return "AUTHORIZATION" in headers or f"{settings.SESSION_COOKIE_NAME}=" in headers.get("COOKIE", "")


def _caller_of(name: str) -> CallerOf:
    """Return the function that `module:function` names, which tells callers apart; addresses do where nothing is named."""
    if not name:
        from django.conf import settings

        # Behind a proxy all connections are the proxy's, which tells callers apart itself.
        return nobody if settings.ALLAUTH_TRUSTED_PROXY_COUNT else by_address
    found: CallerOf = _named(name)
    return found


def _named(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def _descriptor(said: str) -> int:
    return int(said.removeprefix("fd://"))


def _largest_dataset() -> int:
    """Return the octets of the largest dataset with the form around it; the desk takes it from people with a role alone."""
    from django.conf import settings

    return int(settings.DATASET_MAX_BYTES) + Limits.body


def _raise_file_limit() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portal.serving")
    parser.add_argument("listener", type=_descriptor, nargs="+", help="listening socket, as fd://NUMBER")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--threads-per-caller", type=int)
    parser.add_argument("--connections-per-caller", type=int, default=Limits.connections_per_caller)
    parser.add_argument("--takes-datasets", action="store_true", help="let a body be as large as a dataset")
    parser.add_argument("--caller", default="", help="module:function that tells whose connection it is")
    parser.add_argument("--beside", default="", help="module:function that each process calls before it serves")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
