"""Journeys walk through the running system as its people do, in a real browser, in the order in which it happens.

The instructor grades what the technician submitted, and the personnel officer finds what both learners achieved.
"""

import pytest

STORY = ("official", "technician", "instructor", "hr")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the journeys into the order of the story; everything else stays where it is."""

    def chapter(item: pytest.Item) -> int:
        name = item.path.stem
        found = [number for number, person in enumerate(STORY) if name.startswith(f"test_{person}_")]
        return found[0] if found and item.path.parent.name == "journeys" else len(STORY)

    journeys = [item for item in items if item.path.parent.name == "journeys"]
    places = [number for number, item in enumerate(items) if item.path.parent.name == "journeys"]
    for place, item in zip(places, sorted(journeys, key=chapter), strict=True):
        items[place] = item
