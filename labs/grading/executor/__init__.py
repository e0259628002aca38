"""Grading executor: an nbgrader notebook and a trainee's answers in, verdicts per question out.

It knows neither Django nor the portal, runs in the lab environment, and works as well when this folder
is copied somewhere else as a top-level package. The engine with a checker process of its own takes its
place behind the same socket and the same command line.
"""
