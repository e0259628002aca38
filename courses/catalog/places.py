"""Whether a reader has a place in a course, as lists of courses say it. The app that knows places fills this in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from search.plugging import Contributions

Places = Callable[[Any, Collection[int]], Mapping[int, tuple[str, str]]]
_sources: Contributions[Places] = Contributions("places in courses")


def register_places(places: Places) -> None:
    """Let cards of courses carry the reader's own state.

    `places(user, ids of courses)` gives the tag of each course in which the user has a place: its sign and its words.
    """
    _sources.add(places)


def places_in(user: Any, courses: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return the tags of the courses in which the user has a place; nothing for a visitor."""
    if user is None or not user.is_authenticated:
        return {}
    return {course: tag for source in _sources for course, tag in source(user, courses).items()}
