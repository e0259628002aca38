"""Notebooks, JSON and markup taken apart into texts with one record in a line."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_CELL_ENDS = re.compile(r"</t[dh]>\s*", re.IGNORECASE)
_LINE_ENDS = re.compile(r"</tr>|</p>|</div>|</li>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_INSIDE_ROW = re.compile(r"(?<=<tr)(.*?)(?=</tr>)", re.IGNORECASE | re.DOTALL)
TEXTUAL = ("text/", "application/json", "application/javascript", "image/svg+xml", "application/vnd.")


class NotANotebook(ValueError):
    """Something else."""


@dataclass
class Parts:
    """A notebook's texts and embedded files (base64), each with its place."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)
    has_outputs: bool = False


def parts_of_notebook(text: str) -> Parts:
    """Take a notebook apart. Raises NotANotebook."""
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotANotebook from error
    if not isinstance(notebook, dict) or "nbformat" not in notebook or not isinstance(notebook.get("cells"), list):
        raise NotANotebook
    parts = Parts()
    for number, cell in enumerate(notebook["cells"], 1):
        if not isinstance(cell, dict):
            raise NotANotebook
        _take_cell(parts, f"[{number}]", dict(cell))
    notebook["cells"] = []
    parts.texts.append(("(metadata)", json.dumps(notebook, ensure_ascii=False)))
    return parts


def _take_cell(parts: Parts, place: str, cell: dict[str, Any]) -> None:
    parts.texts.append((place, _joined(cell.pop("source", ""))))
    outputs = cell.pop("outputs", [])
    for output in outputs if isinstance(outputs, list) else [outputs]:
        parts.has_outputs = True
        _take_output(parts, place, output)
    attachments = cell.pop("attachments", {})
    if attachments:
        parts.has_outputs = True
        bundles = attachments.values() if isinstance(attachments, dict) else [attachments]
        for bundle in bundles:
            _take_bundle(parts, place, bundle)
    # Whatever else somebody may have put there.
    parts.texts.append((place, json.dumps(cell, ensure_ascii=False)))


def _take_output(parts: Parts, place: str, output: Any) -> None:
    if not isinstance(output, dict):
        parts.texts.append((place, json.dumps(output, ensure_ascii=False)))
        return
    rest = dict(output)
    _take_bundle(parts, place, rest.pop("data", {}))
    parts.texts.append((place, _joined(rest.pop("text", ""))))
    traceback = rest.pop("traceback", [])
    lines = map(str, traceback) if isinstance(traceback, list) else [str(traceback)]
    parts.texts.append((place, "\n".join(lines)))
    parts.texts.append((place, json.dumps(rest, ensure_ascii=False)))


def _take_bundle(parts: Parts, place: str, bundle: Any) -> None:
    if not isinstance(bundle, dict):
        parts.texts.append((place, json.dumps(bundle, ensure_ascii=False)))
        return
    for mime, value in bundle.items():
        if str(mime).startswith(TEXTUAL) or not isinstance(value, str | list):
            parts.texts.append((place, _joined(value)))
        else:
            parts.files.append((place, _joined(value)))


def _joined(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def lines_of_json(text: str) -> str:
    """Return records one in a line; text that is no JSON, or lines of it, as well as can be."""
    try:
        return "\n".join(_records(json.loads(text)))
    except (ValueError, RecursionError):
        return "\n".join(_line_of_json(line) for line in text.splitlines())


def _line_of_json(line: str) -> str:
    try:
        return "\n".join(_records(json.loads(line)))
    except (ValueError, RecursionError):
        return line


def _records(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        columns = list(value.values())
        if columns and all(isinstance(column, dict | list) and column for column in columns):
            yield "\t".join(map(str, value))
            sides = [list(column.values()) if isinstance(column, dict) else column for column in columns]
            if len({len(side) for side in sides}) == 1 and not isinstance(sides[0][0], dict | list):
                for row in zip(*sides, strict=True):
                    yield "\t".join(map(str, row))
                return
        plain = {name: each for name, each in value.items() if not isinstance(each, dict | list)}
        if plain:
            yield "\t".join(map(str, plain.values()))
        for name, each in value.items():
            if isinstance(each, dict | list):
                yield str(name)
                yield from _records(each)
    elif isinstance(value, list):
        yield from _records_of_list(value)
    else:
        yield str(value)


def _records_of_list(values: list[Any]) -> Iterator[str]:
    if values and isinstance(values[0], dict):
        yield "\t".join(map(str, values[0]))
    if not any(isinstance(each, dict | list) for each in values):
        yield "\t".join(map(str, values))
        return
    for each in values:
        yield from _records(each)


def lines_of_markup(text: str) -> str:
    """Return the text of markup, a table's row in a line; the markup itself too, where data may stand in attributes."""
    if not _TAG.search(text):
        return text
    plain = _INSIDE_ROW.sub(lambda row: row[0].replace("\n", " "), text)
    plain = _LINE_ENDS.sub("\n", _CELL_ENDS.sub("\t", plain))
    plain = html.unescape(_TAG.sub("", plain))
    attributes = "\n".join(html.unescape(tag) for tag in _TAG.findall(text) if len(tag) > 80)
    return f"{plain}\n{attributes}" if attributes else plain
