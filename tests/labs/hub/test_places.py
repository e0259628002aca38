"""From whose Lab a call comes is told by the kernel, whatever the caller sends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_config.settings import LAB_UID_BASE
from labs.hub import places
from labs.hub.places import OUTSIDE, may_speak_for, place_of

CALL = "import os,socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.recv(1)"
FORGE = f"import os,sys; os.execve(sys.executable, [sys.executable, '-c', {CALL!r}, sys.argv[1]], "
FORGE += "{**os.environ, 'USER': 'u8'})"
NOT_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a Lab a user id of its own")
BUBBLEWRAP = [
    *("/usr/bin/bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/"),
    *("--proc", "/proc", "--dev", "/dev", "--bind"),
]


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    """Yield a listening socket that every user reaches."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path(tempfile.gettempdir()) and folder != Path("/"):
            folder.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        (tmp_path / "s").chmod(0o666)
        listening.listen(2)
        listening.settimeout(20)
        yield listening


def place_of_caller(
    listener: socket.socket, *before: str, code: str = CALL, uid: int | None = None, user: str = ""
) -> int | None:
    """Return where the portal finds a program that calls."""
    path = listener.getsockname()
    environ = {"PATH": "/usr/bin:/bin", **({"USER": user} if user else {})}
    command = [*before, "/usr/bin/python3", "-c", code, path]
    with subprocess.Popen(
        command, env=environ, user=uid, group=uid, extra_groups=None if uid is None else []
    ) as caller:
        try:
            with listener.accept()[0] as connection:
                return place_of(connection)
        finally:
            caller.terminate()


def test_the_base_of_the_user_ids_is_the_hubs() -> None:
    assert places.LAB_UID_BASE == LAB_UID_BASE


@NOT_ROOT
def test_a_user_id_is_a_persons_lab(listener: socket.socket) -> None:
    assert place_of_caller(listener, uid=LAB_UID_BASE + 7, user="u8") == 7


@NOT_ROOT
def test_another_user_of_the_machine_is_nobody(listener: socket.socket) -> None:
    assert place_of_caller(listener, uid=65534) is None


def test_the_operator_is_outside_every_lab(listener: socket.socket) -> None:
    assert place_of_caller(listener) == OUTSIDE
    # A name in one's own environment makes nobody a Lab.
    assert place_of_caller(listener, user="u7") == OUTSIDE


@pytest.mark.skipif(not Path("/usr/bin/bwrap").exists(), reason="needs bubblewrap")
def test_where_all_share_a_user_id_the_sandbox_names_the_person(listener: socket.socket) -> None:
    walls = [*BUBBLEWRAP, *[str(Path(listener.getsockname()).parent)] * 2, "--"]
    if subprocess.run([*walls, "/bin/true"], check=False).returncode:
        pytest.skip("no sandbox for this user here")

    assert place_of_caller(listener, *walls, user="u7") == 7
    assert place_of_caller(listener, *walls, code=FORGE, user="u7") == 7
    assert place_of_caller(listener, *walls) is None


def test_a_process_that_has_ended_is_nowhere(listener: socket.socket) -> None:
    code = CALL.replace("; s.recv(1)", "")
    caller = subprocess.Popen([sys.executable, "-c", code, listener.getsockname()])
    caller.wait(10)

    with listener.accept()[0] as connection:
        assert place_of(connection) is None


def test_what_is_no_unix_socket_speaks_for_nobody() -> None:
    with socket.socket(socket.AF_INET) as connection:
        assert not may_speak_for(3, connection)
    assert not may_speak_for(3, None)
    assert not may_speak_for(0, None)
