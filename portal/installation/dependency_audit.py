"""Compares what is pinned with OSV records that somebody brings along; nothing is asked over a network.

    .venv/bin/python -m portal.installation.dependency_audit FOLDER|ZIP

Records are JSON in the OSV schema, one a file, in a folder or a zip, at any depth (such as the `all.zip` of an
ecosystem). Exit status: 0 all was compared and nothing found · 1 a pinned version is affected · 2 something could not be compared,
such as an ecosystem of which no record was brought.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from portal.installation.paths import ROOT
from portal.installation.semantic_versions import SemanticVersion

PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
LARGEST_RECORD = 16 << 20
NPM_LOCKS = ("hub_config/proxy", "requirements/biome")


@dataclass(frozen=True, order=True)
class Pin:
    """One version that is installed, and the file that says so."""

    ecosystem: str
    name: str
    version: str
    file: str


@dataclass(frozen=True, order=True)
class Finding:
    """A pinned version that is affected; `records` are the names of one and the same flaw."""

    pin: Pin
    records: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    summary: str = ""


@dataclass
class Audit:
    """What was compared and what came of it."""

    pins: list[Pin]
    records: dict[str, int] = field(default_factory=lambda: {"PyPI": 0, "npm": 0})
    withdrawn: int = 0
    newest: str = ""
    unread: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def uncovered(self) -> list[str]:
        """Ecosystems of pins for which no record was brought."""
        return sorted({pin.ecosystem for pin in self.pins} - {name for name, count in self.records.items() if count})


def pinned(root: Path = ROOT) -> list[Pin]:
    """Every pinned version of the lock files."""
    found: set[Pin] = set()
    for file in sorted((root / "requirements").glob("*.txt")):
        for name, version in PIN.findall(file.read_text("utf-8")):
            found.add(Pin("PyPI", canonicalize_name(name), version, file.name))
    for folder in NPM_LOCKS:
        lock = root / folder / "package-lock.json"
        packages: dict[str, Any] = json.loads(lock.read_text("utf-8"))["packages"] if lock.is_file() else {}
        for place, entry in packages.items():
            if place:
                name = entry.get("name") or place.rpartition("node_modules/")[2]
                found.add(Pin("npm", name, entry["version"], lock.name))
    return sorted(found)


def audit(pins: Sequence[Pin], place: Path) -> Audit:
    """Compare the pins with the records of a folder or zip. Raises OSError or BadZipFile when it cannot be read."""
    done = Audit(list(pins))
    by_name: dict[tuple[str, str], list[Pin]] = {}
    for pin in pins:
        by_name.setdefault((pin.ecosystem, pin.name), []).append(pin)
    for name, content in _files(place):
        record = _record(content)
        if record is None:
            done.unread.append(name)
        elif record.get("withdrawn"):
            done.withdrawn += 1
        else:
            _compare(done, record, by_name)
    done.findings = _joined(done.findings)
    return done


def _files(place: Path) -> Iterator[tuple[str, bytes]]:
    if place.is_dir():
        for file in sorted(place.rglob("*.json")):
            yield str(file.relative_to(place)), file.read_bytes()
        for archive in sorted(place.rglob("*.zip")):
            yield from _files(archive)
        return
    with zipfile.ZipFile(place) as archive_file:
        for entry in archive_file.infolist():
            if entry.filename.endswith(".json"):
                # A record that claims more than any has is no record.
                content = archive_file.read(entry) if entry.file_size <= LARGEST_RECORD else b""
                yield f"{place.name}:{entry.filename}", content


def _record(content: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(content)
    except ValueError:
        return None
    is_one = isinstance(record, dict) and isinstance(record.get("id"), str) and isinstance(record.get("affected"), list)
    return record if is_one else None


def _compare(done: Audit, record: dict[str, Any], by_name: dict[tuple[str, str], list[Pin]]) -> None:
    ecosystems: set[str] = set()
    for affected in record["affected"]:
        package = affected.get("package") or {}
        # An ecosystem may carry a suffix after a colon.
        ecosystem = str(package.get("ecosystem", "")).partition(":")[0]
        ecosystems.add(ecosystem)
        name = str(package.get("name", ""))
        name = canonicalize_name(name) if ecosystem == "PyPI" else name
        for pin in by_name.get((ecosystem, name), []):
            _judge(done, record, affected, pin)
    for ecosystem in ecosystems & done.records.keys():
        done.records[ecosystem] += 1
        done.newest = max(done.newest, str(record.get("modified", "")))


def _judge(done: Audit, record: dict[str, Any], affected: dict[str, Any], pin: Pin) -> None:
    try:
        is_hit = is_affected(affected, pin)
    except (InvalidVersion, KeyError, TypeError, ValueError) as problem:
        # What cannot be compared is no reason to pass.
        done.unclear.append(f"{record['id']}: {pin.name} {pin.version}: {problem}")
        return
    if is_hit:
        fixed = tuple(
            str(event["fixed"])
            for span in affected.get("ranges", [])
            if span.get("type") != "GIT"
            for event in span.get("events", [])
            if "fixed" in event
        )
        summary = " ".join(str(record.get("summary") or record.get("details") or "").split())[:120]
        names = (str(record["id"]), *sorted(str(alias) for alias in record.get("aliases") or []))
        done.findings.append(Finding(pin, names, fixed, summary))


def is_affected(affected: dict[str, Any], pin: Pin) -> bool:
    """Return whether a record's entry names the pinned version, in its list or in one of its ranges.

    Raises ValueError (InvalidVersion is one) for versions that cannot be compared.
    """
    read = Version if pin.ecosystem == "PyPI" else SemanticVersion
    version = read(pin.version)
    if any(
        str(listed) == pin.version or _is_same(read, str(listed), version) for listed in affected.get("versions", [])
    ):
        return True
    wanted = ("ECOSYSTEM", "SEMVER")
    return any(
        _is_within(span["events"], version, read) for span in affected.get("ranges", []) if span["type"] in wanted
    )


def _is_same(read: Any, listed: str, version: Any) -> bool:
    try:
        return bool(read(listed) == version)
    except ValueError:
        return False  # an old name of another version, compared by its text above


def _is_within(events: Iterable[dict[str, str]], version: Any, read: Any) -> bool:
    """OSV's own evaluation: events in the order of their versions, the last one that was reached decides."""
    order = {"introduced": 0, "fixed": 1, "last_affected": 2, "limit": 3}
    lowest = Version("0.dev0") if read is Version else read("0.0.0-0")
    placed = []
    for event in events:
        for kind, text in event.items():
            if kind not in order:
                raise ValueError(f"unknown event {kind}")
            if text == "*":
                continue
            placed.append((lowest if text == "0" else read(text), order[kind], kind))
    is_inside = False
    for at, _, kind in sorted(placed, key=lambda event: event[:2]):
        if kind == "introduced" and version >= at:
            is_inside = True
        elif version > at or (kind != "last_affected" and version == at):
            is_inside = False
    return is_inside


def _joined(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for records that are aliases of each other."""
    joined: list[Finding] = []
    for finding in sorted(set(findings)):
        same = [other for other in joined if other.pin == finding.pin and set(other.records) & set(finding.records)]
        whole = [finding, *same]
        records = tuple(dict.fromkeys(name for each in whole for name in each.records))
        fixed = tuple(dict.fromkeys(text for each in whole for text in each.fixed))
        summary = next((each.summary for each in whole if each.summary), "")
        joined = [other for other in joined if other not in same] + [Finding(finding.pin, records, fixed, summary)]
    return sorted(joined)


def report(done: Audit) -> list[str]:
    """Return what a person reads, Chinese and English."""
    compared = ", ".join(f"{name} {count}" for name, count in done.records.items())
    lines = [
        f"锁定的版本 pinned versions: {len(done.pins)}",
        f"有效记录 records in force: {compared}; 已撤回 withdrawn: {done.withdrawn}; 最新 newest: {done.newest or '-'}",
    ]
    for finding in done.findings:
        cure = ", ".join(finding.fixed) or "还没有修正的版本 no fixed version"
        pin = finding.pin
        lines.append(
            f"✗ {pin.name} {pin.version} ({pin.file}): {' = '.join(finding.records)} → {cure}  {finding.summary}"
        )
    lines += [f"? 无法比较 cannot be compared: {text}" for text in done.unclear]
    lines += [f"? 不是 OSV 记录 no OSV record: {name}" for name in done.unread[:20]]
    lines += [f"? 没有 {name} 的记录，没有比较 no record of {name}: nothing was compared" for name in done.uncovered]
    if not done.findings and not (done.unclear or done.uncovered):
        lines.append("✓ 没有发现 none of them is affected")
    return lines


def status_of(done: Audit) -> int:
    """0 only when everything pinned was compared and nothing was found."""
    if done.findings:
        return 1
    return 2 if done.uncovered or done.unclear else 0


def main(arguments: Sequence[str]) -> int:
    """Say what is affected."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        done = audit(pinned(), Path(arguments[0]))
    except (OSError, zipfile.BadZipFile) as problem:
        print(f"读不了 cannot be read: {problem}", file=sys.stderr)
        return 2
    print("\n".join(report(done)))
    return status_of(done)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
