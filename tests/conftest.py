"""Fixtures for every test."""

pytest_plugins = ["tests.people", "tests.flushing", "tests.anchoring", "tests.graders", "tests.running"]
