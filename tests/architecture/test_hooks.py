"""How apps plug into each other: one wiring for each, every hook in the table and in use, nothing registered twice."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from search.plugging import AlreadyRegistered, Registry, WiredAppConfig

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/hooks.md"
FOLDERS = ("portal", "courses", "labs", "search")
ASKED = re.compile(r"(?:get_hooks\(|\{% hooked )\"(chengxue_[a-z_]+)\"")

Hook = tuple[str, str]
"""Module and function."""


def sources(pattern: str = "*.py") -> list[Path]:
    return [
        file for folder in FOLDERS for file in sorted((ROOT / folder).rglob(pattern)) if "migrations" not in file.parts
    ]


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def app_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).parent.parts)


def hooks() -> set[Hook]:
    """Functions that put something into a registry of their module."""
    return {
        (module_of(file), node.name)
        for file in sources()
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("register_") and _fills_a_registry(node)
    }


def _fills_a_registry(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"register", "add", "give"}
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id.startswith("_")
        for call in ast.walk(function)
    )


def imported(file: Path) -> dict[str, str]:
    """Full names by the names that the file has for them."""
    found = {}
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            parts = file.relative_to(ROOT).parts
            base = ".".join(parts[: len(parts) - node.level]) + "." if node.level else ""
            module = (base + (node.module or "")).removesuffix(".")
            found.update({alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names})
    return found


def called(file: Path) -> Iterator[str]:
    """Full names of what the file calls, as far as it imported them."""
    names = imported(file)
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            said = ast.unparse(node.func)
            first, dot, rest = said.partition(".")
            if first in names:
                yield names[first] + dot + rest


def users() -> dict[Hook, set[str]]:
    """Apps by the hooks that their wiring calls."""
    found: dict[Hook, set[str]] = defaultdict(set)
    known = {f"{module}.{name}": (module, name) for module, name in hooks()}
    for file in sources("wiring.py"):
        for name in called(file):
            if name in known:
                found[known[name]].add(app_of(file))
    return found


def rows(heading: str) -> list[list[str]]:
    """Cells of the table below the heading, without their marks of code."""
    section = PAGE.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]


def registries() -> dict[str, Registry[object, object]]:
    return {
        f"{name}.{held}": value
        for name, module in sorted(sys.modules.items())
        if name.split(".")[0] in FOLDERS
        for held, value in vars(module).items()
        if isinstance(value, Registry)
    }


def test_every_app_of_ours_is_wired_in_one_way() -> None:
    ours = [app for app in apps.get_app_configs() if app.name.split(".")[0] in FOLDERS]

    assert len(ours) > 15
    assert not [app.name for app in ours if not isinstance(app, WiredAppConfig)]
    assert not [app.name for app in ours if type(app).ready is not WiredAppConfig.ready]
    assert not [app.name for app in ours if f"{app.name}.wiring" not in sys.modules]


def test_the_table_of_hooks_is_the_code() -> None:
    written = {(module, name): set(who.split(", ")) for name, module, who, *_ in rows("Registries")}

    assert len(hooks()) > 30
    assert set(written) == hooks()
    assert written == users()


def test_no_two_hooks_have_one_name() -> None:
    names = [name for _, name in hooks()]

    assert sorted(names) == sorted(set(names))


def test_hooks_are_called_in_wirings_alone() -> None:
    known = {f"{module}.{name}" for module, name in hooks()}
    elsewhere = [
        f"{module_of(file)}: {name}"
        for file in sources()
        if file.name != "wiring.py"
        for name in called(file)
        if name in known
    ]

    assert not elsewhere


def test_every_registry_is_used_and_refuses_a_second_registration() -> None:
    found = registries()

    assert len(found) >= len({module for module, _ in hooks()})
    assert not [name for name, registry in found.items() if not registry]
    for registry in found.values():
        for key, value in registry.items():
            with pytest.raises(AlreadyRegistered):
                registry.register(key, value)


def test_a_second_start_registers_nothing() -> None:
    before = {name: dict(registry) for name, registry in registries().items()}

    for app in apps.get_app_configs():
        if isinstance(app, WiredAppConfig):
            app.ready()

    assert {name: dict(registry) for name, registry in registries().items()} == before


def test_what_was_registered_for_a_while_is_forgotten() -> None:
    registry: Registry[str, int] = Registry("number")
    registry.register("one", 1)

    with registry.temporarily({"two": 2}):
        registry.register("three", 3)
        assert dict(registry) == {"one": 1, "two": 2, "three": 3}
        with registry.temporarily(alone=True):
            assert not registry
    assert dict(registry) == {"one": 1}


def test_the_table_of_screens_is_the_code() -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for file in sources("wagtail_hooks.py"):
        for name in re.findall(r"hooks\.register\(\"(chengxue_[a-z_]+)\"", file.read_text("utf-8")):
            said[name].add(app_of(file))
    asked = {name for file in [*sources(), *sources("*.html")] for name in ASKED.findall(file.read_text("utf-8"))}

    assert said
    assert set(said) == asked
    assert {name: set(who.split(", ")) for name, who, *_ in rows("Places on screens")} == said
