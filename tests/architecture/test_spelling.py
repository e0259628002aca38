"""One English: American spelling in code, comments, docs and messages; what must stay as it is stored is named here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.wording import ROOT

FOLDERS = ("portal", "courses", "labs", "search", "hub_config", "docs", "tests", "benchmarks")
ENDINGS = {".py", ".html", ".md", ".toml", ".po", ".js", ".css", ".yml", ".yaml"}
STEMS = (
    "anonym|author|categor|central|character|critic|custom|emphas|equal|final|formal|general|harmon|initial|legal|local|"
    "material|maxim|memor|minim|modern|normal|optim|organ|parameter|prior|pseudonym|random|real|recogn|sanit|serial|"
    "special|stabil|standard|summar|synchron|token|util|visual"
)
BRITISH = re.compile(
    r"(?<![A-Za-z])(?:"
    r"programmes?|enrol|enrols|enrolments?|licences?|defences?|offences?|pretences?|"
    rf"(?:de|re|un|over)?(?:{STEMS})(?:it)?is(?:e|es|ed|ing|ations?|ational|ers?)|"
    r"(?:behavi|col|fav|flav|harb|hon|hum|lab|neighb|rum|vap|endeav|arm)our(?:s|ed|ing|able|ably|hoods?|ful|less)?|"
    r"(?:anal|paral|catal)ys(?:e|ed|ing)|catalogue[sd]?|(?:centi|milli|kilo)?metres?|(?:cent|theat|fib|lit|calib)res?|"
    r"centred|(?:mis)?spelt|learnt|burnt|practis(?:e|es|ed|ing)|fulfils?|fulfilment|(?:skil|wil)ful|instalments?|grey|"
    r"artefacts?|whilst|amongst|ageing|per cent|sceptic(?:al)?|cheques?|ploughs?"
    r")(?![A-Za-z])",
    re.IGNORECASE,
)
NAMED: dict[str, str] = {
    "Open Government Licence": "the name of a licence",
    "open-government-licence": "its address",
    "motor_vehicle_licence_plate": "a function of a library",
    "analyse_sql_statements": "another",
    '"anonymised"': "the code that rows and reports hold",
    '"licence": ': "a key of the dictionary in packages that are released already",
    "desk/catalogue/": "a public address",
    "{DESK}catalogue/": "the same, in a journey",
}
LEFT_OUT = (
    "portal/library_words/",  # messages of libraries, in their spelling
    "labs/assignments/demo/",  # files of releases: their digests stand in the record
    "tests/architecture/test_spelling.py",
    "docs/architecture.md",  # the glossary names what a word is not
)


def lines() -> Iterator[tuple[str, int, str]]:
    """Yield path, number and text of every line of ours; migrations that have landed stay as they are."""
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*") if file.suffix in ENDINGS]
    for file in sorted([*files, *ROOT.glob("*.md"), ROOT / "pyproject.toml"]):
        path = file.relative_to(ROOT).as_posix()
        if "/migrations/" in path or "/node_modules/" in path or path.startswith(LEFT_OUT):
            continue
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            yield path, number, line


def british(line: str) -> list[str]:
    """Return the British words of a line, those in a named exception left out."""
    for kept in NAMED:
        line = line.replace(kept, "")
    return BRITISH.findall(line)


def test_nothing_is_spelled_the_british_way() -> None:
    assert not [f"{path}:{number}: {word}" for path, number, line in lines() for word in british(line)]


def test_no_file_has_a_british_name() -> None:
    files = [
        file.relative_to(ROOT)
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*.*")
        if "__pycache__" not in file.parts
    ]

    assert not [str(file) for file in files if "demo" not in file.parts and BRITISH.search(file.stem)]


def test_every_exception_is_in_use() -> None:
    text = "\n".join(line for _, _, line in lines())

    assert not [kept for kept in NAMED if kept not in text]


def test_british_words_are_found() -> None:
    assert british("The programme's organisation licences its colours; test_enrols_nobody") == [
        "programme", "organisation", "licences", "colours", "enrols",
    ]  # fmt: skip
    assert british("programmed, analyses, hours, greykite, behaviors, promise") == []


def test_the_exceptions_do_not_hide_a_file() -> None:
    assert all((ROOT / Path(path)).exists() for path in LEFT_OUT)
