"""Hours are typed and shown as hours."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from courses.catalog.forms import HoursField


@pytest.mark.parametrize(("typed", "kept"), [("6", 600), ("1.5", 150), ("0.75", 75), ("0", 0), ("200", 20000)])
def test_hours_become_hundredths(typed: str, kept: int) -> None:
    field = HoursField()

    assert field.clean(typed) == kept
    assert field.prepare_value(kept) == typed
    assert not field.has_changed(kept, typed)
    assert field.has_changed(kept + 100, typed)


@pytest.mark.parametrize("typed", ["0.06", "600", "-1", "six", "1.255"])
def test_a_slip_of_the_decimal_point_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        HoursField().clean(typed)
