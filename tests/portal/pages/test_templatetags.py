"""Numbers, days and bars as pages write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils import translation

from portal.pages.templatetags import chengxue
from portal.pages.templatetags.chengxue import (
    browser,
    closing,
    day,
    hours,
    last_day,
    moment,
    percent_of,
    points,
    progress_bar,
)


@pytest.mark.parametrize(
    ("kept", "written"), [(350, "3.5"), (100, "1"), (1025, "10.25"), (0, "0"), (9000, "90"), (None, "–"), (-50, "-0.5")]
)
def test_hundredths_are_written_without_needless_zeros(kept: int | None, written: str) -> None:
    assert hours(kept) == written
    assert points(kept) == written


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(3, 5, 60), (999, 1000, 99), (5, 5, 100), (7, 5, 100), (0, 0, 0), (None, 5, 0)]
)
def test_a_hundred_percent_means_all_of_it(part: int | None, whole: int, percent: int) -> None:
    assert percent_of(part, whole) == percent


def test_an_instant_is_written_in_local_time() -> None:
    late = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)

    with translation.override("zh-hans"):
        assert moment(late) == '<time class="nowrap" datetime="2026-11-25T01:05+08:00">2026年11月25日 01:05</time>'
        assert day(date(2026, 3, 1)) == "2026年3月1日"
    with translation.override("en"):
        assert day(late) == "25 November 2026"
    assert moment(None) == day(None) == "–"


def test_a_bar_is_drawn_within_its_bounds_without_style() -> None:
    assert 'class="fill" width="60"' in progress_bar(60)
    assert 'class="fill" width="100"' in progress_bar(140)
    assert "is-done" in progress_bar(100)
    assert 'class="fill" width="0"' in progress_bar(None)
    assert "style" not in progress_bar(60)


def test_a_browser_is_called_by_its_name() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0 Safari/537.36 Edg/109.0"

    assert browser(edge) == "Edge · Windows"
    assert browser("curl/8.0") == "curl/8.0"
    assert browser("") == "–"


@pytest.mark.parametrize(
    ("ends_at", "last", "until"),
    [
        (datetime(2026, 12, 29, 16, 0, tzinfo=UTC), "2026年12月29日", "2026年12月29日 24:00"),
        (datetime(2027, 1, 29, 2, 24, tzinfo=UTC), "2027年1月29日 10:24", "2027年1月29日 10:24"),
        (datetime(2026, 12, 31, 16, 0, 30, tzinfo=UTC), "2026年12月31日", "2026年12月31日 24:00"),
        (None, "–", "–"),
    ],
)
def test_what_closes_at_midnight_is_open_until_the_day_before(ends_at: datetime | None, last: str, until: str) -> None:
    assert last_day(ends_at) == last
    assert until in closing(ends_at)


def test_no_page_shows_a_closing_instant_as_a_day() -> None:
    closing_instant = re.compile(
        r"\b(?:\w*closes_at|ends_at|due_at|closes|until_at)\|day\b|moment [\w.]*(?:closes_at|ends_at|due_at)\b"
    )
    folders = (Path(chengxue.__file__).parents[3] / name for name in ("portal", "courses", "labs", "search"))
    pages = [file for folder in folders for file in folder.rglob("templates/**/*.html")]

    assert len(pages) > 100
    assert not [str(file) for file in pages if closing_instant.search(file.read_text("utf-8"))]
