"""Every lab of the demo is sound: its solution earns all that tests give, a blank nothing, each wrong answer fails its question."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from labs.assignments.demo.outline import LABS, DemoLabOutline, wrong_answer
from labs.datasets.sources import source_of
from labs.datasets.sources.digests import require_digest
from labs.datasets.sources.wheels import fetch_member
from labs.datasets.workshop.networks import network_tables
from labs.datasets.workshop.places import points_table
from tests.graders import GraderProcess, encode

pytestmark = pytest.mark.slow

CPU_S, MEMORY_MB = 60, 2048
BOM = b"\xef\xbb\xbf"
WRONG = [(lab, path) for lab in LABS for path in sorted(lab.folder.glob("wrong/*.txt"))]


@pytest.fixture(scope="module")
def released(released_datasets: Path) -> Path:
    """Return the released data of all labs, beside that of the first; what is there is left."""
    for lab in LABS:
        source = source_of(lab.dataset) if lab.dataset else None
        if source is None or (released_datasets / source.code / "1").exists():
            continue
        raw = released_datasets.parent / "raw"
        raw.mkdir(exist_ok=True)
        fetched = raw / source.address.rpartition("/")[2]
        fetch_member(source.address, fetched, kept_in=raw / "wheels")
        require_digest(fetched, source.sha256, source.address)
        folder = released_datasets / source.code / "1"
        folder.mkdir(parents=True)
        for name, frame in tables_of(fetched).items():
            (folder / f"{name}.csv").write_bytes(BOM + frame.write_csv().encode())
        if fetched.suffix == ".inp":
            (folder / fetched.name).write_bytes(fetched.read_bytes())
    return released_datasets


def tables_of(path: Path) -> dict[str, pl.DataFrame]:
    if path.suffix == ".inp":
        return network_tables(path)
    return {"data": points_table(path) if path.suffix == ".pbf" else pl.read_csv(path, infer_schema=False)}


@pytest.fixture(scope="module")
def grader(lab_environment: Path, released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraderProcess]:
    process = GraderProcess(lab_environment, tmp_path_factory.mktemp("labs") / "grader.sock", released)
    process.start()
    yield process
    process.stop()


def questions(result: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["verdict"] for one in result["questions"] if one["kind"] == "tests"}


def files_of(lab: DemoLabOutline) -> dict[str, str]:
    return {name: base64.b64encode(content).decode() for name, content in lab.contents.items()}


def graded(grader: GraderProcess, lab: DemoLabOutline, notebook: dict[str, Any]) -> dict[str, Any]:
    return grader.grade(json.loads(lab.source), notebook, files=files_of(lab))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.code)
def test_lab_is_sound_within_its_limits(grader: GraderProcess, lab: DemoLabOutline) -> None:
    source = json.loads(lab.source)
    inspection = grader.inspect(source, files=files_of(lab))
    assert inspection["problems"] == []
    assert sum(one["max_score"] for one in inspection["questions"]) == 100
    assert inspection["questions"][-1]["kind"] == "manual"

    solved, blank = graded(grader, lab, source), graded(grader, lab, grader.release(source))

    assert set(questions(solved).values()) == {"passed"}
    assert solved["score"] == sum(one["max_score"] for one in solved["questions"] if one["kind"] == "tests")
    assert solved["cost"]["cpu_s"] < CPU_S / 2
    assert solved["cost"]["peak_mb"] < MEMORY_MB / 2
    assert blank["score"] == 0


@pytest.mark.parametrize(("lab", "path"), WRONG, ids=lambda value: getattr(value, "code", getattr(value, "stem", "")))
def test_wrong_answer_fails_its_own_question(grader: GraderProcess, lab: DemoLabOutline, path: Path) -> None:
    title, cell, notebook = wrong_answer(lab.source, path)

    verdicts = questions(graded(grader, lab, notebook))

    failing = {name for name, verdict in verdicts.items() if verdict != "passed"}
    # Later questions may build on the function that is wrong; its own is always among those that fail.
    assert any(name.startswith(cell.partition("-")[0] + "-") for name in failing), title
    assert len(failing) < len(verdicts)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.code)
def test_trainee_s_notebook_tells_nothing(grader: GraderProcess, lab: DemoLabOutline) -> None:
    release = encode(grader.release(json.loads(lab.source))).decode()

    for secret in ("HIDDEN TESTS", "BEGIN SOLUTION", "参考答案"):
        assert secret not in release


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.code)
def test_notebook_file_is_clean(lab: DemoLabOutline) -> None:
    notebook = json.loads(lab.source)

    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook["cells"])
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    assert len(lab.wrong_answers) >= 3
