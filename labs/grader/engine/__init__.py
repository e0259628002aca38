"""Grading engine: an nbgrader notebook and a trainee's answers in, verdicts per question out.

Two processes per submission, each in a sandbox of its own: the trainee's cells run in one, the tests in the other,
and only plain values, stubs of functions and copies of files pass between them. It knows neither Django nor the
portal, runs in the lab environment, and works as well when this folder is copied somewhere else.
"""
