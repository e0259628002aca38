"""The folder from which Elasticsearch runs in tests: published jars, fetched once with Maven, checked every time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
VERSION = "9.2.0"
NETTY = ("netty-", "transport-netty4-")
DESCRIPTOR = f"""\
name=transport-netty4
description=Netty HTTP and transport
version={VERSION}
elasticsearch.version={VERSION}
java.version=21
classname=org.elasticsearch.transport.netty4.Netty4Plugin
"""


class NoElasticsearch(Exception):
    """Elasticsearch cannot run here; the sentence says why."""


class WrongArtifact(Exception):
    """A jar is not the pinned one."""


def cache_folder() -> Path:
    """Return where the jars stay between runs."""
    return Path(os.environ.get("CHENGXUE_TEST_CACHE") or HERE.parents[2] / "var" / "cache")


def elasticsearch_home() -> Path:
    """Return a home folder with the pinned jars, fetched when it is not there.
    Raises NoElasticsearch and WrongArtifact."""
    home = cache_folder() / f"elasticsearch-{VERSION}"
    home.parent.mkdir(parents=True, exist_ok=True)
    with open(home.with_suffix(".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.is_dir():
            _lay_out(home)
    _check(home)
    return home


def _lay_out(home: Path) -> None:
    jars = home.with_name(f"{home.name}.jars")
    shutil.rmtree(jars, ignore_errors=True)
    new = home.with_name(f"{home.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    _fetch(jars)
    netty = new / "modules" / "transport-netty4"
    for folder in (new / "lib", netty, new / "config"):
        folder.mkdir(parents=True)
    for jar in jars.glob("*.jar"):
        jar.rename((netty if jar.name.startswith(NETTY) else new / "lib") / jar.name)
    (netty / "plugin-descriptor.properties").write_text(DESCRIPTOR, encoding="ascii")
    shutil.rmtree(jars)
    new.rename(home)


def _fetch(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise NoElasticsearch("Maven (mvn) is not installed, so Elasticsearch is not tested here: apt install maven")
    command = [maven, "-B", "-q", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    made = subprocess.run(
        [*command, f"-DoutputDirectory={folder}"], capture_output=True, text=True, timeout=600, check=False
    )
    if made.returncode:
        raise NoElasticsearch(f"Maven could not fetch Elasticsearch {VERSION}: {made.stdout.strip()[:300]}")


def _check(home: Path) -> None:
    """Every pinned jar is there as it was pinned, and no other."""
    pinned = dict(reversed(line.split()) for line in (HERE / "SHA256SUMS").read_text(encoding="ascii").splitlines())
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in home.rglob("*.jar")}
    wrong = sorted(name for name in pinned.keys() | found.keys() if pinned.get(name) != found.get(name))
    if wrong:
        raise WrongArtifact(f"{home}: not as pinned: {', '.join(wrong)}")
