"""Fixtures of the tests of labs."""

from tests.classroom import classroom
from tests.fake_grader import make_grader
from tests.fake_hub import fake_hub

__all__ = ["classroom", "fake_hub", "make_grader"]
