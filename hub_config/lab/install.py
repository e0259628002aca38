"""Puts the parts of 城学 into a lab environment: `python hub_config/lab/install.py PREFIX`.

Only the standard library is used. A second run replaces what the first one put there.
"""

from __future__ import annotations

import compileall
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = ("chengxue_lab", "chengxue_exchange")

# Jupyter finds who starts its kernels among the entry points of installed packages.
DISTRIBUTION = "chengxue_lab-1.dist-info"
METADATA = "Metadata-Version: 2.1\nName: chengxue_lab\nVersion: 1\n"
ENTRY_POINTS = "[jupyter_client.kernel_provisioners]\nchengxue-launcher = chengxue_lab.kernels:LaunchedProvisioner\n"


def install(prefix: Path) -> None:
    """Copy packages, the Lab bar and the configuration into the environment at `prefix`."""
    libraries = site_packages(prefix)
    for package in PACKAGES:
        _replace_folder(HERE / package, libraries / package)
        compileall.compile_dir(str(libraries / package), quiet=1)
    (libraries / DISTRIBUTION).mkdir(exist_ok=True)
    (libraries / DISTRIBUTION / "METADATA").write_text(METADATA, encoding="utf-8")
    (libraries / DISTRIBUTION / "entry_points.txt").write_text(ENTRY_POINTS, encoding="utf-8")
    extensions = prefix / "share" / "jupyter" / "labextensions"
    _replace_folder(HERE / "labextension", extensions / "@chengxue" / "lab-bar")
    configuration = prefix / "etc" / "jupyter"
    for name in ("nbgrader_config.py", "jupyter_server_config.py", "jupyter_server_config.json"):
        _copy(HERE / "etc" / name, configuration / name)
    for name in ("page_config.json", "default_setting_overrides.json"):
        _copy(HERE / "etc" / name, configuration / "labconfig" / name)


def site_packages(prefix: Path) -> Path:
    """Return the folder of an environment's libraries. Raises FileNotFoundError when there is no environment."""
    found = sorted(prefix.glob("lib/python3.*/site-packages"))
    if not found:
        raise FileNotFoundError(f"{prefix}: 不是 Python 环境 / not a Python environment")
    return found[-1]


def _replace_folder(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python hub_config/lab/install.py PREFIX")
    install(Path(sys.argv[1]))
