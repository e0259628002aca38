"""One thing has one name, on every screen: the word list holds for catalogs, templates, scripts, code and libraries."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.trans_real import DjangoTranslation

from portal.installation.catalogs import CONTEXT, catalog_files, parse
from tests.wording import FORBIDDEN, ROOT, said_wrongly

FOLDERS = ("portal", "courses", "labs", "search", "hub_config")
NAMES = r"%\((?:model_name|label|object|snippet_type_name|snippet_plural_name|page_type|task_type)\)s"
BLANK = re.compile(rf"[\u4e00-\u9fff] {NAMES}|{NAMES} [\u4e00-\u9fff]")
CORRECTED = ROOT / "portal" / "library_words" / "corrected" / "locale"


def files(*endings: str) -> list[Path]:
    """Files of the product with one of the endings."""
    found = [file for folder in FOLDERS for ending in endings for file in (ROOT / folder).rglob(f"*{ending}")]
    return sorted(file for file in found if not {"migrations", "node_modules"} & set(file.parts))


def sentences(file: Path) -> Iterator[str]:
    """Yield what a file says to people: translations of a catalog, strings of a program, all of anything else."""
    text = file.read_text("utf-8")
    if file.suffix == ".po":
        for entry in parse(text):
            yield from entry.translations.values()
    elif file.suffix == ".py":
        yield from (
            node.value
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
    else:
        yield text


@pytest.mark.parametrize("ending", [".po", ".html", ".js", ".py", ".md", ".toml"])
def test_no_file_says_what_the_word_list_rules_out(ending: str) -> None:
    wrong = [
        (str(file.relative_to(ROOT)), form, sentence.strip()[:60])
        for file in files(ending)
        for sentence in sentences(file)
        for form in said_wrongly(sentence)
    ]

    assert not wrong


def test_the_list_is_read_and_finds_what_it_should() -> None:
    assert FORBIDDEN["课时"].startswith("讲")
    assert len(FORBIDDEN) >= 25
    assert said_wrongly("输入你的用户名") == ["用户名", "你"]
    assert said_wrongly("切换“大字版（长辈模式）”，迷你版") == []


def libraries(domain: str) -> dict[str, str]:
    """Every message that an installed library translates."""
    found: dict[str, str] = {}
    apps = ["wagtail.admin"]
    if domain == "django":
        apps = ["django", *(app for app in settings.INSTALLED_APPS if app.partition(".")[0] not in FOLDERS)]
    for app in apps:
        spec = find_spec(app)
        assert spec is not None
        assert spec.origin is not None
        folder = Path(spec.origin).parent / ("conf/locale" if app == "django" else "locale")
        for file in folder.glob(f"zh_Hans/LC_MESSAGES/{domain}.mo"):
            with file.open("rb") as opened:
                catalog = gettext.GNUTranslations(opened).__dict__["_catalog"]
            for key, text in catalog.items():
                found.setdefault(key if isinstance(key, str) else key[0], text)
    return found


def test_what_the_libraries_say_keeps_to_the_list_too() -> None:
    spoken = DjangoTranslation("zh-hans")._catalog  # type: ignore[attr-defined]  # what readers get in the end
    told = {key if isinstance(key, str) else key[0]: spoken[key] for key in spoken.keys()}  # noqa: SIM118

    wrong = {
        key: told[key] for key in libraries("django") if isinstance(told.get(key), str) and said_wrongly(told[key])
    }

    assert told["You have signed out."] == "已退出登录。"
    assert not wrong


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_nothing_is_said_anew_without_need(domain: str) -> None:
    theirs = libraries(domain)
    entries = [
        entry for entry in parse((CORRECTED / f"zh_Hans/LC_MESSAGES/{domain}.po").read_text("utf-8")) if entry.msgid
    ]
    keys = [entry.msgid if entry.context is None else entry.context + CONTEXT + entry.msgid for entry in entries]

    assert entries
    assert not [key for key in keys if key not in theirs]
    assert not [entry.msgid for entry in entries if said_wrongly(entry.translations[0])]


def test_every_catalog_is_looked_at() -> None:
    assert set(catalog_files(ROOT)) == set(files(".po"))


def test_no_blank_stands_between_a_verb_and_the_name_of_a_thing() -> None:
    """Libraries put names into sentences with a blank, as English needs it: 添加 课程."""
    spoken = DjangoTranslation("zh-hans")._catalog  # type: ignore[attr-defined]  # what readers get in the end
    told = {key if isinstance(key, str) else key[0]: spoken[key] for key in spoken.keys()}  # noqa: SIM118

    assert told["Add %(model_name)s"] == "添加%(model_name)s"
    assert not [key for key in libraries("django") if isinstance(told.get(key), str) and BLANK.search(told[key])]
