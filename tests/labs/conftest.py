"""Fixtures of the tests of labs."""

from tests.classroom import classroom
from tests.fake_grader import make_grader

__all__ = ["classroom", "make_grader"]
