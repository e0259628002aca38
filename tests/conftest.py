"""Fixtures for every test."""

pytest_plugins = ["tests.people", "tests.flushing", "tests.graders", "tests.running"]
