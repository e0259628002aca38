"""Fixtures of the faults of labs."""

from tests.hub_config.fixtures import environments

__all__ = ["environments"]
