"""Chinese sentences have full-width punctuation: after a Han character stands ，；：, never , ; or :."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup

from portal.installation.catalogs import parse
from tests.wording import ROOT

FOLDERS = ("portal", "courses", "labs", "search", "hub_config", "docs")
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
MARKS = {
    # An English sentence may name Chinese words and go on with a blank: “合计, 小计, total”.
    ".py": re.compile(rf"[{HAN}][,;:](?=[{HAN}{{“《A-Za-z（]|\n|$)"),
    ".html": re.compile(rf"[{HAN}][,;:!?](?! [A-Za-z])"),
    ".po": re.compile(rf"[{HAN}][,;:!?]"),
    ".yaml": re.compile(rf"[{HAN}][,;:!?]"),
    ".md": re.compile(rf"[{HAN}](?:[,;:!?](?!\s\S)|\()|[,;](?=[{HAN}])"),
}
CODE = re.compile(r"^```.*?^```|`[^`\n]*`|\]\([^)\s]*\)|https?://\S+|<[^>\n]+>", re.DOTALL | re.MULTILINE)
LEFT_OUT = (
    "labs/assignments/demo/",  # files of releases: their digests stand in the record
    "courses/catalog/demo_content/",
)


def values(found: Any) -> Iterator[str]:
    """Yield every text of a YAML document."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield from (*values(key), *values(value))
    elif isinstance(found, list):
        for one in found:
            yield from values(one)
    elif isinstance(found, str):
        yield found


def strings(source: str) -> Iterator[str]:
    """Yield the texts of a program but for raw ones, which are patterns."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            written = ast.get_source_segment(source, node) if any(c > "\u3400" for c in node.value) else ""
            if written and not re.match(r"[A-Za-z]*[rR]", written):
                yield node.value


def sentences(file: Path) -> Iterator[str]:
    """Yield what a file says, in Chinese or not."""
    text = file.read_text("utf-8")
    if file.suffix == ".py":
        yield from strings(text)
    elif file.suffix == ".po":
        for entry in parse(text):
            yield from entry.translations.values()
    elif file.suffix == ".yaml":
        yield from values(yaml.safe_load(text))
    elif file.suffix == ".md":
        yield CODE.sub("\ue000", text)
    else:
        page = BeautifulSoup(re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "\ue000", text, flags=re.DOTALL), "html.parser")
        for code in page.find_all("code"):
            code.decompose()
        yield page.get_text()


def half_width(ending: str) -> Iterator[str]:
    """Yield places where a Han character is followed by a mark that belongs to English."""
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob(f"*{ending}")]
    if ending == ".md":
        files += ROOT.glob("*.md")
    for file in sorted(files):
        path = file.relative_to(ROOT).as_posix()
        if "/migrations/" in path or "/node_modules/" in path or path.startswith(LEFT_OUT):
            continue
        for sentence in sentences(file):
            for match in MARKS[ending].finditer(sentence):
                yield f"{path}: {sentence[max(0, match.start() - 12) : match.end() + 8]!r}"


def test_programs_speak_with_full_width_punctuation() -> None:
    assert not list(half_width(".py"))


def test_templates_speak_with_full_width_punctuation() -> None:
    assert not list(half_width(".html"))


def test_translations_have_full_width_punctuation() -> None:
    assert not list(half_width(".po"))


def test_lists_have_full_width_punctuation() -> None:
    assert not list(half_width(".yaml"))


def test_docs_have_full_width_punctuation() -> None:
    assert not list(half_width(".md"))


def test_half_width_marks_are_found() -> None:
    assert MARKS[".py"].search("请先停止,再重试")
    assert MARKS[".po"].search("请先停止;再重试")
    assert MARKS[".md"].search("请先停止(见下)")
    assert not MARKS[".py"].search("合计, 小计, total")
