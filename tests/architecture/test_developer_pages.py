"""What developers are told is true: the picture is of the contracts, every path and registry that a page names is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import URLResolver, get_resolver

from tests.architecture import house

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("portal", "courses", "labs", "search", "hub_config")
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "docs/architecture.md"]
MARKDOWN = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
OURS = [name for name in settings.INSTALLED_APPS if name.split(".")[0] in FOLDERS]
TOP = {entry.name for entry in ROOT.iterdir()}
PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/?)`")
FILE = re.compile(r"\.(py|md|toml|yaml|txt|css|js|html|json|svg)$")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
REGISTRY = re.compile(r"`(register_\w+|access_\w+|put_\w+|drop_\w+)\b")


def recipes() -> dict[str, str]:
    """Return the recipes by their headings."""
    told = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Recipes")[2]
    return dict(re.findall(r"^### (.+?)\n(.+?)(?=^### |\Z)", told, re.MULTILINE | re.DOTALL))


def paths_in(text: str) -> Iterator[str]:
    """Files and folders that a page names in code."""
    for name in PATH.findall(text):
        if FILE.search(name) or ("/" in name.rstrip("/") and name.split("/")[0] in TOP):
            yield name


def is_there(name: str) -> bool:
    """Return whether the path exists; a bare file name, whether any file of ours is called so."""
    if "/" in name or (ROOT / name).exists():
        return (ROOT / name).exists()
    return any(next((ROOT / folder).rglob(name), None) for folder in FOLDERS)


def test_the_picture_is_what_the_contracts_say() -> None:
    assert house.PICTURE.read_text("utf-8") == house.drawing(), "run: python -m tests.architecture.house"


def test_the_picture_has_a_room_for_every_app() -> None:
    rooms = {(floor.name, room) for floor in house.floors(house.contracts()) for row in floor.rows for room in row}

    assert {tuple(name.split(".")) for name in OURS if "." in name} <= rooms


def test_the_plan_has_a_line_for_every_app() -> None:
    plan = (ROOT / "docs/architecture.md").read_text("utf-8")

    assert not [name for name in OURS if f"| `{name.replace('.', '/')}` |" not in plan]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    named = list(paths_in(page.read_text("utf-8")))

    assert len(named) > 40
    assert not [name for name in named if not is_there(name)]


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text("utf-8"))

    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_function_that_a_page_names_is_there(page: Path) -> None:
    code = "\n".join(file.read_text("utf-8") for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
    named = set(REGISTRY.findall(page.read_text("utf-8"))) - {"access_"}

    assert not [name for name in named if not re.search(rf"^ *def {name}\b", code, re.MULTILINE)]


@pytest.mark.parametrize("recipe", recipes())
def test_every_recipe_names_its_places_and_its_test(recipe: str) -> None:
    steps, _, tests = recipes()[recipe].partition("\nTest: ")

    assert list(paths_in(steps)) or "labs/grader" in steps
    assert any(name.startswith("tests/") for name in paths_in(tests))


@pytest.mark.parametrize(
    "wanted",
    [
        *(
            "content block",
            "page",
            "portal screen",
            "write",
            "notice",
            "audit event",
            "kind of queued work",
            "searched",
        ),
        *("lab API", "sandbox rule", "check of a dataset", "setting", "migration", "append-only"),
        *("An export", "column of a report", "A right", "A role", "frozen", "An app"),
    ],
)
def test_there_is_a_recipe(wanted: str) -> None:
    assert any(wanted in heading for heading in recipes())


def test_what_answers_an_address_stands_in_views_or_is_an_api() -> None:
    answering = [
        callback.__module__
        for urls in ("portal.urls", "portal.lab_api_urls", "portal.hub_api_urls")
        for callback in callbacks(get_resolver(urls))
        if callback.__module__.partition(".")[0] in FOLDERS
    ]
    elsewhere = {name for name in answering if not re.search(r"\.(views|lab_api|hub_api|authoring)\b", name)}

    assert len(answering) > 100
    assert not elsewhere


def test_no_word_is_explained_in_both_tables() -> None:
    """The glossary says what words of the code mean, the word list which synonym a screen says.

    讲 stands in both: the list rules 课时 out for it and leaves what it is to the glossary.
    """
    tables = [(ROOT / name).read_text("utf-8") for name in ("docs/architecture.md", "docs/reference/words.md")]
    glossary = {
        word
        for _, chinese in re.findall(r"^\| ([^|]+) \| ([^|]+) \|", tables[0], re.MULTILINE)
        for word in han(chinese)
    }
    listed = {word for word in re.findall(r"^\| ([^|]+) \|", tables[1], re.MULTILINE) for word in han(word)}

    assert len(glossary) > 40
    assert len(listed) > 20
    assert glossary & listed <= {"讲"}


def han(cell: str) -> list[str]:
    """Return the Chinese words of a cell, without what stands in brackets."""
    return re.findall(r"[\u4e00-\u9fff]+", re.sub(r"（[^）]*）", "", cell))


def callbacks(resolver: URLResolver) -> Iterator[Any]:
    """Yield what answers the addresses."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from callbacks(entry)
        else:
            yield entry.callback


def test_pure_cores_know_no_django() -> None:
    said = re.search(
        r"^Pure cores .+?(?=\n\n)", (ROOT / "docs/architecture.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert said is not None
    cores = [ROOT / name for name in paths_in(said[0])]
    files = [file for core in cores for file in ([core] if core.is_file() else core.rglob("*.py"))]
    impure = [
        str(file.relative_to(ROOT))
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", "")]
        )
        if isinstance(node, ast.Import | ast.ImportFrom) and str(name or "").partition(".")[0] == "django"
    ]

    assert len(cores) > 3
    assert not impure


def test_no_comment_points_to_a_document_outside() -> None:
    pointing = [
        str(file.relative_to(ROOT))
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*.py")
        if re.search(r"design\.md|shared/(design|reference|findings)|\(docs/decisions\)", file.read_text("utf-8"))
    ]

    assert not pointing


def test_a_commit_is_looked_at_with_tools_that_are_here() -> None:
    configured = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    entries = {hook["entry"]: hook for each in configured["repos"] for hook in each["hooks"]}

    assert {each["repo"] for each in configured["repos"]} == {"local"}
    assert all(hook["language"] == "system" for hook in entries.values())
    assert entries["make check"]["stages"] == ["pre-push"]
