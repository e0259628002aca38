"""Pages ask nothing of other hosts, carry no inline code, compile, and stay within their budgets."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / name for name in ("portal", "courses", "labs", "search", "hub_config")]
TEMPLATES = sorted(
    file for folder in FOLDERS for file in folder.rglob("templates/**/*") if file.suffix in (".html", ".txt", ".xml")
)
STATIC = sorted(
    file for folder in FOLDERS for file in folder.rglob("static/**/*") if file.suffix in (".css", ".js", ".svg")
)
PAGES = sorted(file for folder in FOLDERS for file in folder.rglob("*.html") if "node_modules" not in file.parts)
CATALOGS = sorted(file for folder in FOLDERS for file in folder.rglob("zh_Hans/LC_MESSAGES/django.po"))
OURS = ROOT / "portal/static/portal"
LONGEST_LINE = 160
STYLESHEET_BUDGET = 8 * 1024
COMPONENTS = sorted((ROOT / "portal/templates/components").glob("*.html"))
GUIDE = ROOT / "docs/reference/front-end.md"

FOREIGN = re.compile(r"""(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+(?:\.[a-z0-9-]+)+""")
INLINE = {
    "script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>{}]+\sstyle=", re.I),
    "handler": re.compile(r"<[^>{}]+\son[a-z]+=", re.I),
    "javascript link": re.compile(r"javascript:", re.I),
    "evaluated htmx": re.compile(r"hx-on|hx-vals=['\"]js:|hx-headers=['\"]js:"),
}


# What stands between Han characters as a blank on purpose: words of a search, two halves of a motto.
BLANKS_MEANT = re.compile("智慧城市促进条例 第十二条|如 数据安全法 第二十七条|智慧城市 学以致用")
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<(style|script)\b.*?</\1>|<[^>]*>", re.S)
STRAY = re.compile(r"[\u3400-\u9fff]+\s+[\u3400-\u9fff]+")


def is_paper(file: Path) -> bool:
    """Return a template from which a PDF is made (it sets @page): no browser and no policy reads it,
    so it holds its own styles."""
    return "@page" in file.read_text("utf-8")


def names(files: list[Path]) -> list[str]:
    """Paths for people."""
    return [str(file.relative_to(ROOT)) for file in files]


def test_there_is_something_to_check() -> None:
    assert len(TEMPLATES) > 40
    assert COMPONENTS


@pytest.mark.parametrize("file", [*TEMPLATES, *STATIC], ids=lambda file: str(file.relative_to(ROOT)))
def test_no_address_of_another_host(file: Path) -> None:
    assert not FOREIGN.findall(file.read_text("utf-8"))


@pytest.mark.parametrize("kind", INLINE)
def test_no_inline_code(kind: str) -> None:
    guilty = [
        file
        for file in TEMPLATES
        if "hub_config" not in file.parts and not is_paper(file) and INLINE[kind].search(file.read_text("utf-8"))
    ]

    assert not names(guilty)


def test_every_template_compiles() -> None:
    for file in TEMPLATES:
        if "hub_config" not in file.parts:  # the hub speaks Jinja; its own tests render its pages
            get_template(str(file).rpartition("/templates/")[2])


def test_stylesheet_stays_within_its_budget_and_floor() -> None:
    css = (OURS / "chengxue.css").read_text("utf-8")
    rules = re.sub(r"/\*.*?\*/", "", css, flags=re.S)

    # What a browser loads: the server keeps the file compressed like this and sends it so.
    assert len(gzip.compress(css.encode(), 9)) <= STYLESHEET_BUDGET
    assert not re.search(r"light-dark\(|color-mix\(|@scope|@starting-style|&|@import|@font-face", rules)
    assert rules.count("{") == rules.count("}")


def test_lines_can_be_reviewed() -> None:
    long = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in PAGES
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]

    assert len(PAGES) > 300
    assert not long


def test_sentences_of_several_lines_are_trimmed() -> None:
    """Else indentation would be part of what translators get, and a blank in the Chinese page."""
    loose = [
        f"{file.relative_to(ROOT)}: {tag}"
        for file in PAGES
        for tag, sentence in re.findall(
            r"(\{% blocktranslate\b.*?%\})(.*?)\{% endblocktranslate %\}", file.read_text("utf-8"), re.S
        )
        if "\n" in sentence and " trimmed" not in tag
    ]

    assert not loose


def test_no_blank_strays_between_han_characters() -> None:
    texts = {file: MARKUP.sub("\0", file.read_text("utf-8")) for file in PAGES}
    texts |= {
        file: "\0".join(
            "".join(re.findall(r'^(?:msgstr(?:\[0\])? )?"(.*)"$', entry, re.M))
            for entry in re.findall(r'^msgstr(?:\[0\])? (?:".*"\n)+', file.read_text("utf-8"), re.M)
        )
        for file in CATALOGS
    }
    found = {
        (str(file.relative_to(ROOT)), stray)
        for file, text in texts.items()
        for stray in STRAY.findall(BLANKS_MEANT.sub("", text))
    }

    assert sum(len(re.findall(r"[\u3400-\u9fff]", text)) for text in texts.values()) > 10_000
    assert not found


def test_modules_are_small() -> None:
    long = [file for file in OURS.glob("*.js") if len(file.read_text("utf-8").splitlines()) >= 100]

    assert not names(long)


def test_components_say_what_they_take() -> None:
    silent = [file for file in COMPONENTS if not file.read_text("utf-8").startswith("{% comment %}\n")]

    assert not names(silent)


def test_components_and_layout_are_in_the_guide() -> None:
    guide = GUIDE.read_text("utf-8")

    assert not [file.stem for file in COMPONENTS if f"`{file.stem}`" not in guide]


def test_every_icon_in_use_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (OURS / "icons.svg").read_text("utf-8")))
    used = {
        name
        for file in TEMPLATES
        for name in re.findall(r'(?:icon\.html" with name=|\bicon=)"([\w-]+)"', file.read_text("utf-8"))
    }

    assert used
    assert not used - drawn
