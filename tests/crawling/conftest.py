"""Fixtures of the crawler."""

from tests.classroom import classroom

__all__ = ["classroom"]
