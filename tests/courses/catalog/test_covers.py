"""Covers differ by course and stay the same for a course."""

from __future__ import annotations

from xml.etree import ElementTree

from courses.catalog.covers import FIGURES, cover
from courses.certification.seals import seal

CODES = [f"course-{number}" for number in range(24)]


def test_a_cover_is_the_courses_own_and_stays() -> None:
    drawn = {code: cover(code) for code in CODES}

    assert drawn == {code: cover(code) for code in CODES}
    assert len(set(drawn.values())) == len(CODES)
    assert len(FIGURES) == 6
    assert all(ElementTree.fromstring(each).tag == "svg" and "style" not in each for each in drawn.values())


def test_a_seal_carries_the_whole_name_and_nothing_of_it_is_markup() -> None:
    drawn = ElementTree.fromstring(seal("陕西省<干部>教育培训中心"))

    assert "".join(each.text or "" for each in drawn.iter("text")) == "陕西省<干部>教育培训中心"
