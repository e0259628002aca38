"""Fixtures of the tests of labs."""

from tests.classroom import classroom
from tests.fake_grader import make_grader
from tests.fake_hub import fake_hub
from tests.hub_config.fixtures import environments

__all__ = ["classroom", "environments", "fake_hub", "make_grader"]
