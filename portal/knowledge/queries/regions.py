"""Names of regions by their codes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.knowledge.parsing.about import REGIONS
from portal.organizations.models import Region

_NAMES = {code: name for name, code in REGIONS.items()}


def region_name(code: str) -> str:
    """Name of a region; of no code, the whole country."""
    if not code:
        return _("The whole country")
    if code in _NAMES:
        return _NAMES[code]
    return Region.objects.filter(code=code).values_list("name", flat=True).first() or code
