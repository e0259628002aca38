"""Pinned versions against OSV records made for the test: found, passed over, and never passed on nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from portal.installation.dependency_audit import (
    NPM_LOCKS,
    Audit,
    Pin,
    audit,
    is_affected,
    main,
    pinned,
    report,
    status_of,
)
from portal.installation.paths import ROOT
from portal.installation.semantic_versions import SemanticVersion

DJANGO = Pin("PyPI", "django", "5.2.19", "portal.txt")
PROXY = Pin("npm", "configurable-http-proxy", "5.3.0", "package-lock.json")
HARMLESS = [("PyPI", "no-such-package"), ("npm", "no-such-package")]


def span(*events: dict[str, str], kind: str = "ECOSYSTEM") -> dict[str, Any]:
    return {"ranges": [{"type": kind, "events": list(events)}]}


def record(identity: str, name: str, entry: dict[str, Any], ecosystem: str = "PyPI", **more: Any) -> dict[str, Any]:
    affected = [{"package": {"ecosystem": ecosystem, "name": name}, **entry}]
    return {"id": identity, "modified": "2026-11-01T00:00:00Z", "affected": affected, "summary": "坏", **more}


def brought(folder: Path, *records: dict[str, Any]) -> Path:
    """Return a folder with these records, and one of each ecosystem that says nothing of us."""
    harmless = [
        record(f"X-{number}", name, span({"introduced": "0"}), ecosystem)
        for number, (ecosystem, name) in enumerate(HARMLESS)
    ]
    for one in (*records, *harmless):
        file = folder / one["affected"][0]["package"]["ecosystem"] / f"{one['id']}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(one), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("entry", "is_hit"),
    [
        (span({"introduced": "0"}), True),
        (span({"introduced": "0"}, {"fixed": "5.2.19"}), False),
        (span({"introduced": "0"}, {"fixed": "5.2.20"}), True),
        (span({"introduced": "5.2.20"}), False),
        (span({"introduced": "0"}, {"last_affected": "5.2.19"}), True),
        (span({"introduced": "0"}, {"last_affected": "5.2.18"}), False),
        # Compared as versions, not as texts; the order of the events does not matter.
        (span({"fixed": "5.2.9"}, {"introduced": "0"}), False),
        (span({"introduced": "5.2.9"}, {"fixed": "5.10"}), True),
        # Before a release come its candidates.
        (span({"introduced": "0"}, {"fixed": "5.2.19rc1"}), False),
        (span({"introduced": "0"}, {"fixed": "5.2.19.post1"}), True),
        # Two branches: the newest is mended, ours is not.
        (span({"introduced": "4.2"}, {"fixed": "4.2.30"}, {"introduced": "5.0"}, {"fixed": "5.2.21"}), True),
        (span({"introduced": "4.2"}, {"fixed": "4.2.30"}, {"introduced": "6.0"}, {"fixed": "6.0.1"}), False),
        ({"versions": ["5.2.18", "5.2.19"]}, True),
        ({"versions": ["5.2.18"]}, False),
        ({"versions": ["5.2.19.0"]}, True),
        ({"versions": ["once", "5.2.18"]}, False),
        (span({"introduced": "0"}, kind="GIT"), False),
    ],
)
def test_ranges_and_lists_of_python(entry: dict[str, Any], is_hit: bool) -> None:
    assert is_affected(entry, DJANGO) is is_hit


@pytest.mark.parametrize(
    ("entry", "is_hit"),
    [
        (span({"introduced": "0"}, {"fixed": "5.3.1"}, kind="SEMVER"), True),
        (span({"introduced": "0.0.0-0"}, {"fixed": "5.3.0"}, kind="SEMVER"), False),
        (span({"introduced": "5.3.0-beta.2"}, kind="SEMVER"), True),
        (span({"introduced": "5.10.0"}, kind="SEMVER"), False),
    ],
)
def test_ranges_of_npm(entry: dict[str, Any], is_hit: bool) -> None:
    assert is_affected(entry, PROXY) is is_hit


def test_order_of_semantic_versions() -> None:
    """The example of the standard's rule 11."""
    texts = "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.10.0"
    versions = [SemanticVersion(text) for text in texts.split()]

    assert all(first < second for first, second in pairwise(versions))
    assert SemanticVersion("1.0.0+one") == SemanticVersion("1.0.0+two")
    with pytest.raises(ValueError, match="latest"):
        SemanticVersion("latest")


def test_names_are_compared_as_the_index_does(tmp_path: Path) -> None:
    place = brought(tmp_path, record("PYSEC-1", "Jupyter_Server", span({"introduced": "0"})))

    done = audit([Pin("PyPI", "jupyter-server", "2.21.1", "lab.txt")], place)

    assert [finding.records for finding in done.findings] == [("PYSEC-1",)]


def test_aliases_are_one_finding_and_withdrawn_records_none(tmp_path: Path) -> None:
    entry = span({"introduced": "0"}, {"fixed": "5.2.20"})
    place = brought(
        tmp_path,
        record("PYSEC-2026-1", "django", entry, aliases=["CVE-2026-1", "GHSA-1"]),
        record("GHSA-1", "django", entry, aliases=["CVE-2026-1"]),
        record("GHSA-2", "django", entry, withdrawn="2026-10-01T00:00:00Z"),
        record("GHSA-3", "django", span({"introduced": "0"}, {"last_affected": "5.2"})),
    )

    done = audit([DJANGO, PROXY], place)

    assert [set(finding.records) for finding in done.findings] == [{"PYSEC-2026-1", "CVE-2026-1", "GHSA-1"}]
    assert (done.findings[0].fixed, done.withdrawn, status_of(done)) == (("5.2.20",), 1, 1)
    assert any("django 5.2.19" in line and "5.2.20" in line for line in report(done))


def test_everything_compared_and_nothing_found_passes(tmp_path: Path) -> None:
    done = audit([DJANGO, PROXY], brought(tmp_path))

    assert (status_of(done), done.records) == (0, {"PyPI": 1, "npm": 1})


@pytest.mark.parametrize("kept", [[], ["PyPI"], ["npm"]])
def test_an_ecosystem_without_records_does_not_pass(tmp_path: Path, kept: list[str]) -> None:
    for ecosystem in kept:
        (tmp_path / f"{ecosystem}.json").write_text(
            json.dumps(record("X", "y", span({"introduced": "0"}), ecosystem)), encoding="utf-8"
        )
    (tmp_path / "note.json").write_text("[]", encoding="utf-8")

    done = audit([DJANGO, PROXY], tmp_path)

    assert status_of(done) == 2
    assert done.unread == ["note.json"]
    assert done.uncovered == sorted({"PyPI", "npm"} - set(kept))


def test_withdrawn_records_alone_are_none(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(
        json.dumps(record("X", "y", span({"introduced": "0"}), withdrawn="2026-01-01T00:00:00Z")), encoding="utf-8"
    )

    assert audit([DJANGO], tmp_path).uncovered == ["PyPI"]


def test_what_cannot_be_compared_does_not_pass(tmp_path: Path) -> None:
    done = audit([DJANGO, PROXY], brought(tmp_path, record("X-9", "django", span({"introduced": "once upon a time"}))))

    assert status_of(done) == 2
    assert "X-9" in done.unclear[0]


def test_a_zip_is_read_too_also_within_a_folder(tmp_path: Path) -> None:
    folder = brought(tmp_path / "records", record("PYSEC-1", "django", span({"introduced": "0"})))
    archive = tmp_path / "brought" / "all.zip"
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w") as writing:
        for file in folder.rglob("*.json"):
            writing.write(file, file.relative_to(folder))

    for place in (archive, archive.parent):
        done: Audit = audit([DJANGO, PROXY], place)
        assert [finding.records for finding in done.findings] == [("PYSEC-1",)]


def test_every_lock_is_read() -> None:
    pins = pinned()

    assert {pin.file for pin in pins} == {
        *(file.name for file in (ROOT / "requirements").glob("*.txt")),
        "package-lock.json",
    }
    names = {(pin.ecosystem, pin.name) for pin in pins}
    assert {("PyPI", "django"), ("PyPI", "jupyterhub")} <= names
    assert {("npm", "configurable-http-proxy"), ("npm", "@biomejs/biome")} <= names
    locks = [lock for folder in ("requirements", "hub_config") for lock in (ROOT / folder).rglob("package-lock.json")]
    assert {str(lock.parent.relative_to(ROOT)) for lock in locks} == set(NPM_LOCKS)
    assert len(pins) > 300


@pytest.mark.parametrize("arguments", [[], ["--help"], ["/no/such/place"], [str(Path(__file__))]])
def test_without_records_the_command_fails(arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_the_command_says_so_on_an_empty_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portal.installation.dependency_audit", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "no record of PyPI" in done.stdout
    assert "✓" not in done.stdout
