"""Which codes the source hands to a function, wherever they are written: at the call, in a constant, by the callers."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("portal", "courses", "labs", "search")
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Unresolved(Exception):
    """What is handed over is made where the source does not say it."""


@dataclass(frozen=True)
class Call:
    """A call, the function around it, and the file of both."""

    node: ast.Call
    inside: FunctionNode | None
    file: str

    def module(self) -> Any:
        """Return the module as it is imported."""
        return import_module(self.file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


@cache
def calls() -> Mapping[str, list[Call]]:
    """Every call of the product, by the last name of what is called."""
    found: dict[str, list[Call]] = defaultdict(list)
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in file.parts and "inside" not in file.parts:
                where = str(file.relative_to(ROOT))
                for node, inside in _walk(ast.parse(file.read_text("utf-8")), None):
                    found[_last_name(node.func)].append(Call(node, inside, where))
    return found


def _walk(node: ast.AST, inside: FunctionNode | None) -> Iterator[tuple[ast.Call, FunctionNode | None]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, inside
        yield from _walk(child, child if isinstance(child, FunctionNode) else inside)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@dataclass
class Codes:
    """Codes with the files that hand them over, and places where the source does not say them."""

    computed: Mapping[str, Sequence[str]]
    """What may follow the beginning of a code that is put together."""
    found: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unresolved: set[str] = field(default_factory=set)

    def collect(self, function: str, parameter: str, position: int | None = None, files: str = "*") -> Codes:
        """Note what every call of the function in these files hands over."""
        for call in calls()[function]:
            if not Path(call.file).match(files):
                continue
            given = _given(call.node, parameter, position)
            if given is None:
                continue
            try:
                for code in self._resolve(given, call):
                    self.found[code].add(call.file)
            except Unresolved:
                self.unresolved.add(call.file)
        return self

    def _resolve(self, node: ast.expr, call: Call) -> set[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return {node.value}
        if isinstance(node, ast.IfExp):
            return self._resolve(node.body, call) | self._resolve(node.orelse, call)
        if isinstance(node, ast.JoinedStr):
            begins = str(getattr(node.values[0], "value", ""))
            return {begins + end for end in self.computed[begins]}
        if isinstance(node, ast.Name):
            return self._named(node.id, call)
        if isinstance(node, ast.Attribute | ast.Subscript):
            return self._evaluated(node, call)
        raise Unresolved(ast.unparse(node))

    def _named(self, name: str, call: Call) -> set[str]:
        if call.inside is not None:
            written = list(_assigned(call.inside, name))
            if written:
                return set().union(*(self._resolve(value, call) for value in written))
            names = [argument.arg for argument in call.inside.args.args]
            if name in names or name in [argument.arg for argument in call.inside.args.kwonlyargs]:
                return self._from_callers(name, names.index(name) if name in names else None, call)
        return self._evaluated(ast.Name(name), call)

    def _from_callers(self, name: str, position: int | None, call: Call) -> set[str]:
        assert call.inside is not None
        callers = calls()[call.inside.name]
        near = [caller for caller in callers if caller.file == call.file] or callers
        given = [(value, caller) for caller in near if (value := _given(caller.node, name, position)) is not None]
        given += [(value, call) for value in _defaults(call.inside, name)]
        if not given:
            raise Unresolved(name)
        return set().union(*(self._resolve(value, caller) for value, caller in given))

    def _evaluated(self, node: ast.expr, call: Call) -> set[str]:
        """Return a constant of the module, or one of the values of a table."""
        table = node.value if isinstance(node, ast.Subscript) else node
        try:
            value = eval(ast.unparse(table), vars(call.module()))
        except (NameError, AttributeError) as error:
            raise Unresolved(ast.unparse(node)) from error
        found = set(value.values()) if isinstance(value, Mapping) else {value}
        if not all(isinstance(code, str) for code in found):
            raise Unresolved(ast.unparse(node))
        return {str(code) for code in found}


def _given(node: ast.Call, parameter: str, position: int | None) -> ast.expr | None:
    for keyword in node.keywords:
        if keyword.arg == parameter:
            return keyword.value
    return node.args[position] if position is not None and position < len(node.args) else None


def _defaults(function: FunctionNode, name: str) -> Iterator[ast.expr]:
    """Yield what the parameter is when a caller does not say it."""
    arguments = function.args
    plain = zip(reversed(arguments.args), reversed(arguments.defaults), strict=False)
    for argument, value in [*plain, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]:
        if argument.arg == name and value is not None:
            yield value


def _assigned(function: FunctionNode, name: str) -> Iterator[ast.expr]:
    """Yield what the function assigns to the name, also as one of several, and in a loop over what is written there."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _matched(target, node.value, name)
        elif isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple | ast.List):
            for value in node.iter.elts:
                yield from _matched(node.target, value, name)


def _matched(target: ast.expr, value: ast.expr, name: str) -> Iterator[ast.expr]:
    if isinstance(target, ast.Name) and target.id == name:
        yield value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _matched(one, other, name)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.IfExp):
        yield from _matched(target, value.body, name)
        yield from _matched(target, value.orelse, name)
