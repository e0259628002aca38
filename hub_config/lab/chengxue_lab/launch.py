"""Starts the single-user server on a socket that was opened outside the sandbox.

The sandbox owns no path that anybody connects to: whoever can replace a socket's path by a link
decides where the proxy connects to.
"""

from __future__ import annotations

import os
import socket

from chengxue_lab.connections import let_the_client_close
from jupyter_server.serverapp import ServerApp


def adopt_listening_socket(server: ServerApp) -> bool:
    """Serve on the inherited descriptor instead of binding an address."""
    listener = socket.socket(fileno=int(os.environ.pop("LAB_LISTEN_FD")))
    listener.setblocking(False)
    listener.set_inheritable(False)
    server.http_server.add_socket(listener)
    return True


if __name__ == "__main__":
    ServerApp._bind_http_server = adopt_listening_socket
    let_the_client_close()
    from jupyterhub.singleuser import main  # late: it picks its server class when it is imported

    main()
