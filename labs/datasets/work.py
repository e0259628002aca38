"""What the worker does with deliveries and drafts that wait: imports and builds."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import pgettext_lazy

from portal.queue.registry import Kind

from .actions.building import carry_out_build
from .actions.importing import carry_out_import
from .models import Build, Import

IMPORTS = Kind(
    name="datasets.import",
    label=pgettext_lazy("kind of work", "Import of data"),
    lane="data",
    rows=lambda: cast(Any, Import.objects.select_related("dataset", "asked_by").order_by("pk")),
    work=cast(Any, carry_out_import),
)
BUILDS = Kind(
    name="datasets.build",
    label=pgettext_lazy("kind of work", "Build of a draft"),
    lane="data",
    rows=lambda: cast(
        Any, Build.objects.select_related("draft__dataset", "draft__batch", "recipe", "started_by").order_by("pk")
    ),
    work=cast(Any, carry_out_build),
)
