"""What cheating earns: every attack of the pack against this engine and against stock nbgrader, side by side.

    make bench NAME=attacks [DATA=the python of an environment with stock nbgrader]

The same notebooks are graded by both. Stock runs in a container of its own (bubblewrap: no network but its own, its own
processes, a course folder and nothing else of this machine), because most of these notebooks succeed against it.
Attacks that exhaust the machine, and those that speak our protocol, are not run against stock. Points beyond what an
honest wrong answer earns are stolen; `read`: the notebook found what it looked for; `hung`: grading never ended by
itself. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from labs.grader.engine.packs import Attack, Lab, attacks, labs
from labs.grader.engine.packs.building import Names, attacked, source_of

ROOT = Path(__file__).resolve().parents[1]
DRIVER = Path(__file__).with_name("_attacks_stock.py")
EXHAUSTING = {"processes", "memory", "endless", "output", "disk", "bombs"}
HONEST = {"plain": 1.0}
"""Points of the other question of a lab, which every submission answers rightly."""
HIDDEN = "313" + "37"
LIMITS = ["--cpu-seconds", "3", "--wall-seconds", "8", "--memory-mb", "1024"]
PLACES = {"@PORT@": "8391", "@UDP@": "8392", "@SOCKET@": "'/course/host.sock'", "@ABSTRACT@": "'chengxue-bench'"}


def release(python: Path, source: Path, environ: dict[str, str]) -> dict[str, Any]:
    """Return the released notebook of a lab."""
    target = source.with_suffix(".release.ipynb")
    command = [str(python), "-m", "labs.grading.engine", "release", "--source", str(source), "--output", str(target)]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True)
    notebook: dict[str, Any] = json.loads(target.read_text())
    return notebook


def write_course(lab: Lab, folder: Path, python: Path, environ: dict[str, str]) -> list[Attack]:
    """Write a lab and the submissions of its attacks as nbgrader lays them out."""
    source = folder / "source" / lab.name / f"{lab.name}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(source_of(lab)))
    for name, text in lab.files.items():
        (source.parent / name).write_text(text)
    released = release(python, source, environ)
    source.with_suffix(".release.ipynb").unlink()
    places = PLACES | {"@ENVIRONMENT@": repr(str(python.parents[1]))}
    chosen = [attack for attack in attacks() if attack.lab == lab.name]
    for attack in chosen:
        target = folder / "submitted" / attack.name / lab.name
        target.mkdir(parents=True)
        names = Names(lab.functions, lab.values, lab.classes)
        (target / f"{lab.name}.ipynb").write_bytes(attacked(released, attack, names, places, is_own=True))
        for name, text in lab.files.items():
            (target / name).write_text(text)
    return chosen


def run_ours(lab: Lab, folder: Path, chosen: list[Attack], python: Path, environ: dict[str, str]) -> dict[str, Any]:
    """Grade with this engine; return points and what was read by attack."""
    batch, files = folder / "batch.jsonl", folder / "source" / lab.name
    source = files / f"{lab.name}.ipynb"
    lines = [
        {"id": a.name, "source": str(source), "submission": str(folder / "submitted" / a.name / lab.name / source.name)}
        for a in chosen
    ]
    batch.write_text("\n".join(json.dumps(line | {"files": str(files)}) for line in lines))
    command = [str(python), "-m", "labs.grading.engine", "grade", "--batch", str(batch), "--places", "2", *LIMITS]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        raise SystemExit(f"the engine did not run: {done.stderr[-2000:]}")
    found = {}
    silent = {attack.name for attack in chosen if attack.silent}
    for line in done.stdout.splitlines():
        result = json.loads(line)
        message = result["questions"][0]["message"] if "questions" in result else ""
        is_read = "found: [" in message and "found: []" not in message
        if result["id"] in silent:
            is_read = HIDDEN in json.dumps([result.get("questions"), result.get("flags")])
        found[result["id"]] = {"points": result.get("score", 0.0), "read": is_read}
    return found


def run_stock(lab: Lab, folder: Path, peer: Path) -> dict[str, Any]:
    """Grade with stock nbgrader in a container; return points and what was read by attack."""
    home = peer.resolve().parents[1]
    folders = dict.fromkeys(str(each) for each in (peer.parents[1], home) if not str(each).startswith("/usr"))
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib64", "sbin"):
        command += ["--symlink", f"usr/{name}", f"/{name}"]
    for name in ("ld.so.cache", "passwd", "group", "alternatives", "localtime", "nsswitch.conf", "hosts"):
        command += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # the container's own
    for each in folders:
        command += ["--ro-bind", each, each]
    command += ["--bind", str(folder), "/course", "--ro-bind", str(DRIVER), "/driver.py", "--chdir", "/course"]
    command += ["--clearenv", "--setenv", "PATH", f"{peer.parent}:/usr/bin:/bin", "--setenv", "HOME", "/course/home"]
    command += ["--setenv", "JUPYTERHUB_API_TOKEN", "canary", "--setenv", "LANG", "C.UTF-8"]
    command += ["--", "/usr/bin/prlimit", "--as=6000000000", "--nproc=400", str(peer), "/driver.py", lab.name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise SystemExit(f"stock nbgrader did not run: {done.stderr[-2000:]}") from None
    return found


def drop_exhausting(folder: Path, chosen: list[Attack]) -> None:
    """Leave out for stock what would exhaust the machine or speaks our protocol; say which may tell a hidden test."""
    (folder / "silent.json").write_text(json.dumps([attack.name for attack in chosen if attack.silent]))
    for attack in chosen:
        if attack.family in EXHAUSTING or attack.ours_only:
            shutil.rmtree(folder / "submitted" / attack.name)


def show(name: str, ours: dict[str, Any], stock: dict[str, Any] | None) -> None:
    """Print one line of the table."""
    cells = [_said(side) if side else "–" for side in (stock, ours)]
    print(f"{name:42} {cells[0]:>12} {cells[1]:>12}", flush=True)


def _said(side: dict[str, Any]) -> str:
    return " ".join([f"{side['stolen']:g}", *(word for word in ("read", "hung") if side.get(word))])


def main() -> None:
    """Print the table, then one JSON document."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, help="python of the peer's environment; the lab environment's otherwise")
    parser.add_argument("--only", choices=sorted(labs()))
    options = parser.parse_args()
    environment = os.environ.get("CHENGXUE_LAB_ENVIRONMENT") or f"{os.environ.get('VAR_DIR', 'var')}/environments/lab"
    python = Path(environment).absolute() / "bin" / "python"
    peer = options.data or python
    rows: dict[str, dict[str, Any]] = {}
    print(f"{'attack':42} {'nbgrader':>12} {'ours':>12}")
    for name, lab in labs().items():
        if options.only not in (None, name) or not any(each.lab == name for each in attacks()):
            continue
        with tempfile.TemporaryDirectory(prefix="chengxue-attacks-") as scratch:
            Path(scratch).chmod(0o755)
            folder = Path(scratch) / "course"
            folder.mkdir()
            environ = {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": scratch, "LANG": "C.UTF-8"}
            environ |= {"PYTHONPATH": str(ROOT), "VAR_DIR": scratch}
            chosen = write_course(lab, folder, python, environ)
            ours = run_ours(lab, folder, chosen, python, environ)
            drop_exhausting(folder, chosen)
            stock = run_stock(lab, folder, peer)
        for attack in chosen:
            # Notebooks that carry hidden tests out answer rightly first; what they earn is theirs.
            due = math.inf if attack.silent else HONEST.get(name, 0.0) + attack.earns
            sides = {
                side: each | {"stolen": max(each["points"] - due, 0.0)}
                for side, found in (("stock", stock), ("ours", ours))
                if (each := found.get(attack.name)) is not None
            }
            rows[attack.name] = sides
            show(attack.name, sides.get("ours", {}), sides.get("stock"))
    print(json.dumps(document(rows)))


def document(rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the whole as one document."""
    figures: dict[str, float] = {"attacks": len(rows)}
    for side in ("stock", "ours"):
        known = [row[side] for row in rows.values() if side in row]
        figures[f"{side}_run"] = len(known)
        figures[f"{side}_breached"] = sum(bool(each["stolen"] or each["read"] or each.get("hung")) for each in known)
        figures[f"{side}_stolen_points"] = sum(each["stolen"] for each in known)
    machine = {"machine": platform.machine(), "processors": os.cpu_count(), "load": os.getloadavg()}
    return {"name": "attacks", "machine": machine, "figures": figures, "ratios": {}, "cases": rows}


if __name__ == "__main__":
    main()
