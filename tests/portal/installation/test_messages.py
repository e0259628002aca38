"""What the installation says."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from portal.installation import messages
from portal.installation.messages import MESSAGES, Refusal, is_chinese

PACKAGE = Path(messages.__file__).parent


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", MESSAGES)
def test_both_languages_name_the_same_things(key: str) -> None:
    chinese, english = MESSAGES[key]

    assert _fields(chinese) == _fields(english)


def test_every_sentence_that_is_said_exists() -> None:
    said = set()
    for file in PACKAGE.glob("*.py"):
        said |= set(re.findall(r'(?:say|text|Refusal)\(\s*"([a-z_]+)"', file.read_text("utf-8")))

    assert said
    assert said <= MESSAGES.keys()


@pytest.mark.parametrize(
    ("environ", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}, True),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({}, False),
    ],
)
def test_the_locale_chooses_the_language(environ: dict[str, str], chinese: bool) -> None:
    assert is_chinese(environ) is chinese


def test_a_refusal_says_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")

    refusal = Refusal("port_busy", port=8000, holder="python3, 12", variable="WEB_PORT", other=9000)

    assert str(refusal) == "端口 8000 已被占用（python3, 12）。请结束该程序，或换一个端口：WEB_PORT=9000 make run"
