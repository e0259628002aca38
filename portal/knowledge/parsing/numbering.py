"""Numbers that an office program computes: 第一条 of a paragraph that only says which list and level it stands on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from docx.oxml.ns import qn

from .numberwords import written

_SPACED = re.compile(r"[条條编章节款项目0-9A-Za-z]$")
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True)
class Level:
    """How one level of a list counts and prints."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None
    style: str = ""
    is_plain: bool = False


@dataclass
class _List:
    """An abstract list: its levels, and how far it has counted. Lists made from it count on together, as Word does."""

    levels: dict[int, Level] = field(default_factory=dict)
    counted: dict[int, int] = field(default_factory=dict)
    style_link: str = ""


@dataclass
class _Instance:
    """A list as paragraphs name it, with what it overrides."""

    abstract: str
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


@dataclass
class _Style:
    number: str | None = None
    level: int | None = None
    based_on: str = ""


class Numbering:
    """The lists of one document, counted as its paragraphs come. `unknown` are the ways of counting it does not know."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self.unknown: set[str] = set()
        self._lists: dict[str, _List] = {}
        self._instances: dict[str, _Instance] = {}
        self._styles: dict[str, _Style] = {}
        self._default_style = ""
        self._linked: dict[str, str] = {}
        self._begun: set[tuple[str, int]] = set()
        if styles is not None:
            self._read_styles(styles)
        if numbering is not None:
            self._read_lists(numbering)

    def printed(self, paragraph: Any) -> str:
        """Count the paragraph and return its number as Word prints it, with the blank that follows; empty: it has none."""
        place = self._place(paragraph)
        if place is None:
            return ""
        number, depth = place
        instance = self._instances.get(number)
        if instance is None:
            return ""
        own = self._lists.get(instance.abstract)
        if own is None:
            self.unknown.add(f"numId {number}")
            return ""
        level = self._level(instance, own, depth)
        if level is None:
            self.unknown.add(f"numId {number}, level {depth + 1}")
            return ""
        self._count(number, instance, own, depth)
        if level.format == "bullet":
            return ""
        text = _PLACE.sub(lambda match: self._figure(instance, own, int(match[1]) - 1, level), level.text)
        return text + ("　" if _SPACED.search(text) else "")

    def _figure(self, instance: _Instance, own: _List, depth: int, asking: Level) -> str:
        level = self._level(instance, own, depth) or Level()
        value = own.counted.get(depth, level.start)
        found = written(value, "decimal" if asking.is_plain else level.format)
        if found is None:
            self.unknown.add(level.format)
            return str(value)
        return found

    def _count(self, number: str, instance: _Instance, own: _List, depth: int) -> None:
        first = (number, depth) not in self._begun
        self._begun.add((number, depth))
        level = self._level(instance, own, depth)
        assert level is not None  # the caller found it
        if first and depth in instance.starts:
            own.counted[depth] = instance.starts[depth]
        elif depth in own.counted:
            own.counted[depth] += 1
        else:
            own.counted[depth] = instance.starts.get(depth, level.start)
        for deeper in [each for each in own.counted if each > depth]:
            below = self._level(instance, own, deeper)
            if below is None or below.restart is None or (below.restart and depth < below.restart):
                del own.counted[deeper]

    def _level(self, instance: _Instance, own: _List, depth: int) -> Level | None:
        return instance.levels.get(depth) or own.levels.get(depth)

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """List and level of a paragraph: its own words first, then those of its style and of the styles below that."""
        properties = paragraph.find(qn("w:pPr"))
        number, depth = _numbered(properties)
        named = properties.find(qn("w:pStyle")) if properties is not None else None
        style = named.get(qn("w:val"), "") if named is not None else self._default_style
        for name in self._ancestry(style):
            found = self._styles[name]
            if number is None and found.number is not None:
                number = found.number
                if depth is None:
                    depth = found.level if found.level is not None else self._depth_of(number, name)
        if number is None or number == "0":
            return None
        return number, min(depth or 0, 8)

    def _ancestry(self, style: str) -> Iterator[str]:
        seen: set[str] = set()
        while style and style in self._styles and style not in seen:
            seen.add(style)
            yield style
            style = self._styles[style].based_on

    def _depth_of(self, number: str, style: str) -> int | None:
        instance = self._instances.get(number)
        own = self._lists.get(instance.abstract) if instance is not None else None
        levels = {**(own.levels if own else {}), **(instance.levels if instance else {})}
        return next((depth for depth, level in levels.items() if level.style == style), None)

    def _read_styles(self, styles: Any) -> None:
        for style in styles.iterfind(qn("w:style")):
            name = style.get(qn("w:styleId"), "")
            based = style.find(qn("w:basedOn"))
            number, depth = _numbered(style.find(qn("w:pPr")))
            self._styles[name] = _Style(number, depth, based.get(qn("w:val"), "") if based is not None else "")
            if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in ("1", "true", "on"):
                self._default_style = name

    def _read_lists(self, numbering: Any) -> None:
        for node in numbering.iterfind(qn("w:abstractNum")):
            own = _List(levels=dict(_levels(node)))
            link, named = node.find(qn("w:numStyleLink")), node.find(qn("w:styleLink"))
            own.style_link = link.get(qn("w:val"), "") if link is not None else ""
            key = node.get(qn("w:abstractNumId"), "")
            self._lists[key] = own
            if named is not None:
                self._linked[named.get(qn("w:val"), "")] = key
        for node in numbering.iterfind(qn("w:num")):
            abstract = node.find(qn("w:abstractNumId"))
            instance = _Instance(abstract.get(qn("w:val"), "") if abstract is not None else "")
            for override in node.iterfind(qn("w:lvlOverride")):
                depth = _int(override.get(qn("w:ilvl")), 0)
                start = override.find(qn("w:startOverride"))
                if start is not None:
                    instance.starts[depth] = _int(start.get(qn("w:val")), 1)
                for _, level in _levels(override):
                    instance.levels[depth] = level
            self._instances[node.get(qn("w:numId"), "")] = instance
        for instance in self._instances.values():
            followed = self._lists.get(instance.abstract)
            if followed is not None and followed.style_link:
                instance.abstract = self._linked.get(followed.style_link, instance.abstract)


def _levels(node: Any) -> Iterator[tuple[int, Level]]:
    for place, level in zip(count(), node.iterfind(qn("w:lvl"))):
        restart = _value(level, "w:lvlRestart")
        yield (
            _int(level.get(qn("w:ilvl")), place),
            Level(
                # The standard says 0 where nothing is said; every program that leaves it out shows 1.
                start=_int(_value(level, "w:start"), 1),
                format=_value(level, "w:numFmt") or "decimal",
                text=_value(level, "w:lvlText") or "",
                restart=None if restart is None else _int(restart, 0),
                style=_value(level, "w:pStyle") or "",
                is_plain=level.find(qn("w:isLgl")) is not None and _value(level, "w:isLgl") not in ("0", "false"),
            ),
        )


def _value(node: Any, name: str) -> str | None:
    found = next(node.iter(qn(name)), None)
    return None if found is None else found.get(qn("w:val"))


def _int(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text is not None else otherwise
    except ValueError:
        return otherwise


def _numbered(properties: Any | None) -> tuple[str | None, int | None]:
    node = properties.find(qn("w:numPr")) if properties is not None else None
    if node is None:
        return None, None
    number, depth = node.find(qn("w:numId")), node.find(qn("w:ilvl"))
    return (
        number.get(qn("w:val")) if number is not None else None,
        _int(depth.get(qn("w:val")), 0) if depth is not None else None,
    )
