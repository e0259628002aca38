"""Tries the sandbox as the labs will use it, and explains what forbids it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from portal.installation.messages import Refusal, say, text
from portal.installation.people import Account, identity

# Any user id without an account will do: labs of an installation run by root have one each.
LAB_UID = 200_000

APPARMOR_PROFILE = """\
abi <abi/4.0>,
include <tunables/global>
profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
}"""


def require_sandbox(*, insecure: bool) -> None:
    """Raise Refusal when a sandbox cannot start, unless isolation was given up explicitly."""
    if insecure:
        say("sandbox_insecure")
        return
    problem = sandbox_problem()
    if problem is not None:
        cause, cure = problem
        raise Refusal("sandbox_forbidden", cause=cause, cure=cure)


def sandbox_problem() -> tuple[str, str] | None:
    """Return cause and cure when the sandbox cannot start, else None."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return text("tool_missing", tool="bwrap", command="apt-get install bubblewrap"), "apt-get install bubblewrap"
    command = [bwrap, "--unshare-user", "--unshare-all", "--disable-userns", "--cap-drop", "ALL"]
    command += ["--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"]
    command += ["--proc", "/proc", "--dev", "/dev", "--", "/usr/bin/true"]
    lab = Account("lab", LAB_UID, LAB_UID)
    try:
        tried = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **identity(lab))
    except OSError as error:
        return explain(str(error))
    return None if tried.returncode == 0 else explain(tried.stderr.strip())


def explain(detail: str, kernel: Path = Path("/proc/sys")) -> tuple[str, str]:
    """Return the cause and the cure for a sandbox that failed with `detail`."""
    if _setting(kernel / "user" / "max_user_namespaces") == "0":
        return text("namespaces_zero"), text("namespaces_zero_cure")
    if _setting(kernel / "kernel" / "unprivileged_userns_clone") == "0":
        return text("namespaces_debian"), text("namespaces_debian_cure")
    if _setting(kernel / "kernel" / "apparmor_restrict_unprivileged_userns") == "1":
        return text("apparmor"), text("apparmor_cure", profile=APPARMOR_PROFILE)
    return text("sandbox_other", detail=detail), text("sandbox_other_cure")


def _setting(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
