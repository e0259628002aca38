"""Compiling translations without gettext."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest

from portal.installation.catalogs import catalog_files, compile_all, incomplete, parse, to_mo

CATALOG = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"

#: somewhere
msgid "Sign in"
msgstr "登录"

msgctxt "verb"
msgid "Open"
msgstr "打开"
msgid "Said \"now\"\n"
"and then"
msgstr "说了“现在”\n"
"然后"

#, python-format
msgid "%(n)d course"
msgid_plural "%(n)d courses"
msgstr[0] "%(n)d 门课程"

#, fuzzy
msgid "Guess"
msgstr "猜测"

msgid "Empty"
msgstr ""

#~ msgid "Gone"
#~ msgstr "没了"
"""


def _compiled() -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(to_mo(parse(CATALOG))))


def test_compiled_messages_are_found() -> None:
    compiled = _compiled()

    assert compiled.gettext("Sign in") == "登录"
    assert compiled.pgettext("verb", "Open") == "打开"
    assert compiled.gettext('Said "now"\nand then') == "说了“现在”\n然后"
    assert compiled.ngettext("%(n)d course", "%(n)d courses", 3) == "%(n)d 门课程"


@pytest.mark.parametrize("message", ["Guess", "Empty", "Gone"])
def test_guesses_and_gaps_are_not_compiled(message: str) -> None:
    assert _compiled().gettext(message) == message


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    file = tmp_path / "django.po"
    file.write_text(CATALOG, "utf-8")

    assert incomplete(file) == ["Guess", "Empty"]


def test_a_line_that_is_no_catalog_is_refused() -> None:
    with pytest.raises(ValueError, match="1: nonsense"):
        parse("nonsense")


def test_only_what_changed_is_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "portal" / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOG, "utf-8")

    assert catalog_files(tmp_path) == [folder / "django.po"]
    assert compile_all(tmp_path) == 1
    assert compile_all(tmp_path) == 0
