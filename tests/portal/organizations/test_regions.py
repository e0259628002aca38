"""The regions of the country as they are loaded."""

from __future__ import annotations

import pytest
from django.db.models import F

from portal.organizations.actions import load_regions
from portal.organizations.models import Region
from tests.people import AT

pytestmark = pytest.mark.django_db


def test_no_region_lies_in_itself_and_loading_again_changes_nothing() -> None:
    assert load_regions(by=None, at=AT) > 3000

    assert not Region.objects.filter(parent_id=F("pk")).exists()
    assert Region.objects.get(code="441900").parent.name == "广东省"  # type: ignore[union-attr]  # it has one
    assert load_regions(by=None, at=AT) == 0


def test_a_region_that_was_loaded_into_itself_is_put_right() -> None:
    load_regions(by=None, at=AT)
    Region.objects.filter(code="441900").update(parent=Region.objects.get(code="441900"))

    assert load_regions(by=None, at=AT) == 1
    assert not Region.objects.filter(parent_id=F("pk")).exists()
