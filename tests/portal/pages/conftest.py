"""The school of the courses' tests is also the site of these."""

from tests.courses.conftest import school

__all__ = ["school"]
