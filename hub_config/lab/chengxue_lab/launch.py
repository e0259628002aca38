"""Starts the single-user server on a socket that was opened outside the sandbox.

The sandbox owns no path that anybody connects to: whoever can replace a socket's path by a link
decides where the proxy connects to.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import sys
from typing import Any

from chengxue_lab.activity import count_running_cells
from chengxue_lab.apart import is_apart, launcher
from chengxue_lab.choices import keep_choices_inside
from chengxue_lab.connections import let_the_client_close
from chengxue_lab.conversion import convert_to_known_formats_alone
from chengxue_lab.outgoing import guard_what_leaves
from jupyter_server.serverapp import ServerApp

NOT_DUMPABLE = 4


def close_to_others() -> None:
    """Let no process of this user take this one's memory or descriptors; its own /proc entries close with that."""
    ctypes.CDLL(None).prctl(NOT_DUMPABLE, 0, 0, 0, 0)


def hear_the_hub() -> None:
    """Take the hub's variables, tokens among them, from the pipe on which they came: no path leads to them again."""
    with os.fdopen(int(os.environ.pop("LAB_TOLD_FD")), "rb") as pipe:
        os.environ.update(json.load(pipe))


def adopt_listening_socket(server: ServerApp) -> bool:
    """Serve on the inherited descriptor instead of binding an address."""
    listener = socket.socket(fileno=int(os.environ.pop("LAB_LISTEN_FD")))
    listener.setblocking(False)
    listener.set_inheritable(False)
    server.http_server.add_socket(listener)
    return True


def leave_no_token_on_disk() -> None:
    """Write none of the files by which programs find a server of their own user: they hold its token."""
    for name in (
        "write_server_info_file",
        "write_browser_open_files",
        "write_browser_open_file",
        "remove_server_info_file",
        "remove_browser_open_files",
        "remove_browser_open_file",
    ):
        setattr(ServerApp, name, lambda *_: None)


def start_no_kernel_here() -> None:
    """Leave kernels to the launcher, also those that nbgrader starts when it validates."""
    from jupyter_client.provisioning import LocalProvisioner  # late: it is slow and the variable comes first

    async def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("kernels start apart from this server")

    launcher()  # at once: no program of this server inherits the way to it
    os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = "chengxue-launcher"
    LocalProvisioner.launch_kernel = refuse


def take_no_code_from_the_home() -> None:
    """Let nbgrader's pages read the environment's configuration alone: theirs is code, and they look for it in the home."""
    from jupyter_core.application import JupyterApp  # late, as above
    from nbgrader.apps import NbGrader

    def load_config_file(self: Any, *_: Any, **__: Any) -> None:
        super(JupyterApp, self).load_config_file("nbgrader_config.py", path=[f"{sys.prefix}/etc/jupyter"])
        # By default the folder that the server stands in, which is not the home.
        self.config.Exchange.assignment_dir = os.environ["JUPYTERHUB_ROOT_DIR"]

    NbGrader.load_config_file = load_config_file


if __name__ == "__main__":
    close_to_others()
    hear_the_hub()
    ServerApp._bind_http_server = adopt_listening_socket
    let_the_client_close()
    leave_no_token_on_disk()
    take_no_code_from_the_home()
    convert_to_known_formats_alone()
    guard_what_leaves()
    count_running_cells()
    keep_choices_inside(os.environ["JUPYTERHUB_ROOT_DIR"])
    if is_apart():
        start_no_kernel_here()
    from jupyterhub.singleuser import main  # late: it picks its server class when it is imported

    main()
