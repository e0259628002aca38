"""Every finding that the code can make has its two sentences, its row in the docs, and its name where people accept it."""

from __future__ import annotations

import ast

import pytest

from labs.datasets.audit_rows import CHECKS
from labs.datasets.deidentification.findings import ACCEPTABLE, SENTENCES
from tests.wording import ROOT

PAGE = (ROOT / "docs/reference/deidentification.md").read_text("utf-8")


def made() -> dict[str, str]:
    """Return the checks that calls of `finding` name, each with the key of its sentence."""
    found = {}
    for file in (ROOT / "labs/datasets").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "finding"):
                continue
            words = {word.arg: word.value for word in node.keywords}
            check, sentence = node.args[0], words.get("sentence")
            if isinstance(check, ast.Constant):
                key = sentence.value if isinstance(sentence, ast.Constant) else check.value
                found[str(check.value)] = str(key)
    return found


def test_every_finding_has_a_sentence_and_every_sentence_in_both_languages() -> None:
    assert len(made()) > 15
    assert set(made().values()) <= set(SENTENCES)
    assert all(zh.strip() and en.strip() and zh != en for zh, en in SENTENCES.values())


@pytest.mark.parametrize("code", sorted(made()))
def test_every_finding_is_explained(code: str) -> None:
    assert f"`{code}`" in PAGE


def test_what_may_be_accepted_has_a_name_for_the_auditor() -> None:
    assert set(CHECKS) == ACCEPTABLE
