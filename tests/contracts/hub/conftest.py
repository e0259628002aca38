"""Fixtures of contracts of the hub."""

from tests.hub_config.fixtures import environments, hub

__all__ = ["environments", "hub"]
