"""Editors read Chinese in the libraries' screens too: what a library leaves untranslated, our catalog says."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Model
from django.utils.translation import override
from django.utils.translation.trans_real import DjangoTranslation
from wagtail.models import get_page_models
from wagtail.snippets.models import get_snippet_models

from portal.installation.catalogs import CONTEXT, Entry, catalog_files, parse
from portal.installation.translations import translated_folders

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT / "portal" / "library_words" / "locale" / "zh_Hans" / "LC_MESSAGES"
DOMAINS = ("django", "djangojs")
OURS = {"portal", "courses", "labs", "search"}
# Forms show messages of Django too.
EDITOR = ("wagtail", "taggit", "modelcluster", "django")
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|%d|\{[a-z_]*\}|</?[a-z]+[^>]*>")


def key_of(entry: Entry) -> str:
    """Return the message with its context; Django finds a plural by its singular."""
    return entry.msgid if entry.context is None else entry.context + CONTEXT + entry.msgid


def read(file: Path) -> dict[str, Entry]:
    """Return the messages of a catalog."""
    return {key_of(entry): entry for entry in parse(file.read_text("utf-8")) if entry.msgid}


def catalogs_of(apps: Iterable[str]) -> Iterator[Path]:
    """Yield the catalog folders that come with installed libraries."""
    for app in apps:
        spec = find_spec(app)
        assert spec is not None
        assert spec.origin is not None
        yield Path(spec.origin).parent / ("conf/locale" if app == "django" else "locale")


def libraries(domain: str) -> list[str]:
    """All whose translations are merged: every installed one, but the editor's JavaScript has its own only."""
    return ["wagtail.admin"] if domain == "djangojs" else ["django", *filter(is_library, settings.INSTALLED_APPS)]


def is_library(app: str) -> bool:
    """Return whether the app is not the project's own."""
    return app.partition(".")[0] not in OURS


def translated_by_libraries(domain: str) -> set[str]:
    """Every message to which an installed library has a Chinese translation."""
    found: set[str] = set()
    for folder in catalogs_of(libraries(domain)):
        for file in folder.glob(f"zh_Hans/LC_MESSAGES/{domain}.mo"):
            with file.open("rb") as opened:
                catalog: dict[str | tuple[str, int], str] = gettext.GNUTranslations(opened).__dict__["_catalog"]
            found |= {key if isinstance(key, str) else key[0] for key in catalog}
    return found


def left_untranslated(domain: str) -> dict[str, Entry]:
    """Return the editor's messages that no library translates."""
    done = translated_by_libraries(domain)
    messages: dict[str, Entry] = {}
    for folder in catalogs_of(app for app in libraries(domain) if app.startswith(EDITOR)):
        for file in folder.glob(f"en/LC_MESSAGES/{domain}.po"):
            messages |= read(file)
    return {key: entry for key, entry in messages.items() if key not in done}


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_message_of_the_libraries_is_translated(domain: str) -> None:
    ours: set[str] = set()
    for file in catalog_files(ROOT):
        if file.name == f"{domain}.po" and "hub_config" not in file.parts:
            ours |= set(read(file))

    missing = set(left_untranslated(domain)) - ours

    assert "Dashboard" in translated_by_libraries("django")
    assert not missing


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_translation_outlives_its_need(domain: str) -> None:
    """A message that a library has dropped, or translates by now, leaves our catalog."""
    left = left_untranslated(domain)
    ours = read(WORDS / f"{domain}.po")

    assert not set(ours) - set(left)
    assert not [key for key, entry in ours.items() if entry.plural != left[key].plural]


@pytest.mark.parametrize("domain", DOMAINS)
def test_placeholders_and_markup_are_kept(domain: str) -> None:
    wrong = []
    for key, entry in read(WORDS / f"{domain}.po").items():
        said = set(PLACEHOLDER.findall(entry.translations[0]))
        single = set(PLACEHOLDER.findall(entry.msgid))
        if not entry.is_complete or single - said or said - single - set(PLACEHOLDER.findall(entry.plural or "")):
            wrong.append(key)

    assert not wrong


def test_javascript_of_the_editor_speaks_chinese() -> None:
    """As its catalog view puts it together: the library's own, then ours."""
    (library,) = catalogs_of(["wagtail.admin"])

    catalog = DjangoTranslation("zh-hans", domain="djangojs", localedirs=[str(library)])

    assert catalog.gettext("Changes have been autosaved.") == "修改已自动保存。"
    assert catalog.ngettext("%(num)s error", "%(num)s errors", 2) == "%(num)s 个错误"


def test_messages_are_extracted_from_packages_only() -> None:
    """Extracting where there is no source would empty the catalog."""
    folders = translated_folders(ROOT)

    assert {ROOT / "portal", ROOT / "search", ROOT / "portal" / "pages"} <= set(folders)
    assert ROOT / "portal" / "library_words" not in folders


def models_of_the_editor() -> list[type[Model]]:
    """Return the project's pages and snippets."""
    models = {*get_snippet_models(), *get_page_models()}
    return sorted((model for model in models if not is_library(model.__module__)), key=lambda m: m._meta.label)


def test_models_of_the_editor_have_chinese_names() -> None:
    models = models_of_the_editor()
    with override("zh-hans"):
        names = {
            model._meta.label: (str(model._meta.verbose_name), str(model._meta.verbose_name_plural)) for model in models
        }

    assert names["search.Synonym"] == ("同义词", "同义词")
    assert names["search.BestBet"] == ("优先结果", "优先结果")
    assert names["search.Polyphone"] == ("读音", "读音")
    assert not {label: pair for label, pair in names.items() if any(re.search("[A-Za-z]", name) for name in pair)}
