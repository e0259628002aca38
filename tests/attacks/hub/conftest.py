"""Fixtures of attacks on the hub, which share one."""

from __future__ import annotations

import pytest

from tests.hub_config.fixtures import environments, shared_hub
from tests.hub_config.local_hub import LocalHub

__all__ = ["environments", "shared_hub"]


@pytest.fixture(scope="package")
def hub(shared_hub: LocalHub) -> LocalHub:
    """Return the hub that is attacked."""
    return shared_hub
