"""What a lab is told, and what it still knows after a restart."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from hub_config.news import MOST_NOTES, News


def state(*, used: int = 0, is_full: bool = False) -> dict[str, Any]:
    """Return a state with limits of a thousand."""
    home = {"octets": 0, "limit": 1000, "files": 0, "files_limit": 1000, "is_full": is_full}
    return {"memory": {"used": used, "limit": 1000}, "home": home, "disk": 0, "idle_minutes": 60}


def said(news: News) -> dict[str, Any]:
    """Return what the lab reads."""
    found: dict[str, Any] = json.loads(news.file.read_text(encoding="utf-8"))
    return found


def test_small_changes_wait_and_what_matters_does_not(tmp_path: Path) -> None:
    (tmp_path / "u3").mkdir()
    news = News.of(tmp_path, "u3")
    news.say(state())

    news.say(state(used=5))
    assert said(news)["memory"]["used"] == 0
    news.say(state(used=600))
    assert said(news)["memory"]["used"] == 600
    news.say(state(used=601, is_full=True))
    assert said(news)["home"]["is_full"]
    news.note("memory")
    news.say(state(used=602, is_full=True))
    assert [note["kind"] for note in said(news)["notes"]] == ["memory"]


def test_a_restart_forgets_neither_a_full_home_nor_a_reason_but_old_ones(tmp_path: Path) -> None:
    (tmp_path / "u3").mkdir()
    news = News.of(tmp_path, "u3")
    for _ in range(MOST_NOTES + 2):
        news.note("home")
    news.notes[0]["at"] = time.time() - 7200
    news.say(state(is_full=True))

    again = News.of(tmp_path, "u3")

    assert again.was_full
    assert len(again.notes) == MOST_NOTES - 1


def test_a_lab_without_a_folder_and_one_with_nonsense_begin_anew(tmp_path: Path) -> None:
    (tmp_path / "u4").mkdir()
    (tmp_path / "u4/state.json").write_text("[", encoding="utf-8")

    assert News.of(tmp_path, "u3").notes == News.of(tmp_path, "u4").notes == []
    News.of(tmp_path, "u3").say(state())
