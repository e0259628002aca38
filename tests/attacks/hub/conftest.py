"""Fixtures of attacks on the hub."""

from tests.hub_config.fixtures import environments, hub

__all__ = ["environments", "hub"]
