"""Fixtures of the tests of workers on several machines."""

from tests.classroom import classroom

__all__ = ["classroom"]
