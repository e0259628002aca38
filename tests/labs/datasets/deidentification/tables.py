"""Small tables, recipes and commands for the tests of the engine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from labs.datasets.deidentification.__main__ import run
from labs.datasets.deidentification.reading import Table
from portal.installation.paths import ROOT

ADULT = Path(os.environ.get("CHENGXUE_DATA") or ROOT.parent / "shared" / "data") / "adult"
KEY = b"0123456789abcdef0123456789abcdef"


def table(**columns: list[str]) -> Table:
    """Return a table of text in memory."""
    return Table(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), "00")


def people(rows: int = 60) -> Table:
    """Return a table in which age and district are quasi-identifiers and illness is sensitive."""
    return table(
        number=[str(index + 1) for index in range(rows)],
        age=[str(20 + index * 7 % 40) for index in range(rows)],
        district=[f"6101{index % 6 + 2:02}" for index in range(rows)],
        illness=[("感冒", "骨折", "高血压")[index * 5 % 3] for index in range(rows)],
    )


def recipe(**changes: Any) -> dict[str, Any]:
    """Return the recipe of `people`; a column given as None is left out."""
    columns = {
        "number": {"role": "direct"},
        "age": {"role": "quasi", "hierarchy": "age"},
        "district": {"role": "quasi", "hierarchy": "region"},
        "illness": {"role": "sensitive"},
    } | changes.pop("columns", {})
    return {
        "k": 5,
        "suppression_max": 0.1,
        "tier": "lab",
        **changes,
        "columns": {n: r for n, r in columns.items() if r},
    }


def command(capsysbinary: pytest.CaptureFixture[bytes], *arguments: object) -> tuple[int, Any, str]:
    """Run the command line; return its status, the JSON of its last line, and what it said."""
    status = run([str(argument) for argument in arguments])
    out, err = capsysbinary.readouterr()
    lines = out.decode("utf-8").splitlines()
    return status, json.loads(lines[-1]) if lines else None, err.decode("utf-8")
