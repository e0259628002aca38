"""The Chinese catalog is whole: every message translated, none fuzzy, placeholders kept, one word per message."""

from __future__ import annotations

import ast
import gettext
import re
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings

from tests.wording import said_wrongly

ROOT = Path(__file__).resolve().parents[2]
CATALOGS = sorted(
    file
    for folder in ("portal", "courses", "labs", "search")
    for file in (ROOT / folder).rglob("zh_Hans/LC_MESSAGES/django.po")
)
# Words of a library that the site says otherwise, in the same sense.
OUR_WORD = {
    *("(optional)", "Actions", "All", "Filter", "Last seen at", "Note", "Passkey", "Remove"),
    *("Sign in with a passkey", "Text", "active", "name"),
}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}")


def entries(text: str) -> list[tuple[str, list[str], bool]]:
    """(msgid, translations, is fuzzy) of every entry that is in use."""
    found = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        fields: dict[str, str] = {}
        key = ""
        for line in lines:
            match = re.match(r'(msgid_plural|msgid|msgstr(?:\[\d\])?|msgctxt) "(.*)"$', line)
            if match:
                key = match.group(1)
                fields[key] = match.group(2)
            elif line.startswith('"') and key:
                fields[key] += line[1:-1]
        if fields.get("msgid"):
            translations = [value for name, value in fields.items() if name.startswith("msgstr")]
            found.append(
                (fields["msgid"], translations, any(line.startswith("#,") and "fuzzy" in line for line in lines))
            )
    return found


@pytest.mark.parametrize("file", CATALOGS, ids=lambda file: str(file.relative_to(ROOT).parts[:2]))
def test_catalog_is_complete(file: Path) -> None:
    wrong = [
        msgid
        for msgid, translations, is_fuzzy in entries(file.read_text("utf-8"))
        if is_fuzzy
        or not all(translations)
        or any(set(PLACEHOLDER.findall(msgid)) - set(PLACEHOLDER.findall(text)) for text in translations[:1])
    ]

    assert not wrong


def test_there_are_catalogs() -> None:
    assert len(CATALOGS) >= 10


def messages_by_key() -> dict[str, dict[str, set[str]]]:
    """Of every message (its context before an EOT, as gettext keeps it): translation → catalogs."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for file in CATALOGS:
        for block in re.split(r"\n\s*\n", file.read_text("utf-8")):
            context = re.search(r'^msgctxt "(.*)"$', block, re.MULTILINE)
            for msgid, translations, _ in entries(block):
                key = f"{context.group(1)}\x04{msgid}" if context else msgid
                found[key][translations[0]].add(str(file.relative_to(ROOT).parent))
    return found


def library_translations() -> dict[str, set[str]]:
    """Return what the installed libraries say for their own messages."""
    found: dict[str, set[str]] = defaultdict(set)
    ours = ("portal.", "courses.", "labs.", "search")
    for app in {"django", *(app for app in settings.INSTALLED_APPS if not app.startswith(ours))}:
        spec = find_spec(app)
        assert spec is not None
        assert spec.origin is not None
        folder = "conf/locale" if app == "django" else "locale"
        for file in (Path(spec.origin).parent / folder).glob("zh_Hans/LC_MESSAGES/django.mo"):
            with file.open("rb") as opened:
                catalog: dict[str | tuple[str, int], str] = gettext.GNUTranslations(opened).__dict__["_catalog"]
            for key, text in catalog.items():
                found[key if isinstance(key, str) else key[0]].add(text)
    return found


def test_one_message_has_one_translation() -> None:
    """Django merges the catalogs: of two translations of a message, one would show in the other's place."""
    conflicts = {
        key: {text: sorted(files) for text, files in translations.items()}
        for key, translations in messages_by_key().items()
        if len(translations) > 1
    }

    assert not conflicts


def test_no_message_takes_the_place_of_a_librarys() -> None:
    """A word of ours with another sense than the library's own needs a context, or its screens show ours."""
    libraries = library_translations()
    shadowed = {
        key: (sorted(translations), sorted(libraries[key]))
        for key, translations in messages_by_key().items()
        if key in libraries
        and libraries[key] - set(translations)
        and key not in OUR_WORD
        and not any(said_wrongly(text) for text in libraries[key])
        and not all("corrected" in file for files in translations.values() for file in files)
    }

    assert "Actions" in libraries
    assert not shadowed


TRANSLATING = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy", "ngettext_lazy"}


def test_no_message_hides_in_an_f_string() -> None:
    """The extractor does not look into them: such a message falls out of the catalog at the next extraction."""
    hidden = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for folder in ("portal", "courses", "labs", "search")
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TRANSLATING
    ]

    assert not hidden
