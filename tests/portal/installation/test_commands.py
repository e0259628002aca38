"""The verbs and their exit codes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from portal.installation import commands
from portal.installation.commands import PLUMBING, VERBS, main, usage
from portal.installation.messages import Refusal
from portal.installation.paths import ROOT


def test_the_makefile_has_every_verb() -> None:
    listed = re.search(r"^VERBS = (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

    assert listed is not None
    assert set(listed[1].split()) == set(VERBS)


def test_the_makefile_has_no_logic() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")

    assert not re.search(r"\b(if|for|while|else)\b|&&|\|\|", re.sub(r"#.*", "", text))


def test_every_verb_is_documented() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text("utf-8")

    assert not [verb for verb in VERBS if f"make {verb}" not in page]


def test_make_lists_the_verbs() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert listed.strip() == usage()


@pytest.mark.parametrize("arguments", [["no-such-verb"], ["run", "twice"]])
def test_what_is_not_understood_is_refused(arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_a_refusal_is_said_and_ends_with_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(paths: object) -> int:
        raise Refusal("bench_unknown", name="none", names="search")

    monkeypatch.setitem(PLUMBING, "refuse", refuse)

    assert main(["refuse"]) == 2
    assert "search" in capsys.readouterr().err


def test_a_wrong_setting_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WEB_PORT", "many")

    assert main(["status"]) == 2
    assert "WEB_PORT=many" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["backup", "restore", "bundle", "bench"])
def test_a_missing_argument_is_named(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("TO", "FROM", "NAME"):
        monkeypatch.delenv(name, raising=False)

    assert main([verb]) == 2
    assert f"make {verb} " in capsys.readouterr().err


def test_the_installation_needs_no_environment() -> None:
    code = "import sys; import portal.installation.commands; print([m for m in sys.modules if m.startswith('django')])"

    said = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert said.strip() == "[]"
    assert Path(commands.__file__).is_relative_to(ROOT)
