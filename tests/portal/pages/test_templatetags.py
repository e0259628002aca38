"""Numbers, days and bars as pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from portal.pages.templatetags.chengxue import browser, day, hours, moment, percent_of, points, progress_bar


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
