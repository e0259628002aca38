"""Every test has an anchors' file of its own: the database is rolled back after it, a file would stay."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings


@pytest.fixture(autouse=True)
def own_anchors_file() -> Iterator[None]:
    """Nothing is made before somebody writes there."""
    before = settings.AUDIT_ANCHORS_FILE
    file = Path(before).with_name(f"{uuid.uuid4().hex}.jsonl")
    configured: Any = settings
    configured.AUDIT_ANCHORS_FILE = str(file)
    yield
    configured.AUDIT_ANCHORS_FILE = before
    file.unlink(missing_ok=True)
