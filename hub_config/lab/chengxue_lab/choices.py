"""What JupyterLab keeps in the home, its choices and open tabs, written and read without following a link out of it."""

from __future__ import annotations

import os
from typing import Any

from .inside import Inside


def keep_choices_inside(home: str) -> None:
    """Replace how JupyterLab's server reaches the files of settings and workspaces."""
    from jupyterlab_server import handlers, settings_utils, workspaces_handler  # late: it is slow

    inside = Inside(home)
    home_path = inside.path_class()
    path_of = settings_utils._path

    class HomeWorkspaces(workspaces_handler.WorkspacesManager):
        def __init__(self, path: str) -> None:
            super().__init__(path)
            self.workspaces_dir = home_path(path)

    def open_inside(path: str, mode: str = "r", **options: Any) -> Any:
        # The same code reads schemas and overrides, which are the environment's.
        is_home = os.path.abspath(path).startswith(f"{os.path.abspath(home)}/")
        return open(path, mode, opener=inside.open if is_home else None, **options)

    def path_inside(root_dir: str, schema_name: str, make_dirs: bool = False, extension: str = ".json") -> Any:
        path = path_of(root_dir, schema_name, False, extension)
        if make_dirs:
            inside.make_folders(os.path.dirname(path))
        return path

    handlers.WorkspacesManager = HomeWorkspaces
    settings_utils._path = path_inside
    settings_utils.open = open_inside
