"""Addresses of the lab API, on the socket that Labs reach."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .lab_api import assignments

app_name = "lab_api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("assignments", assignments.assignment_list, name="assignments"),
    path("assignments/<uuid:assignment_uuid>", assignments.assignment_state, name="assignment"),
    path("assignments/<uuid:assignment_uuid>/files.zip", assignments.files, name="files"),
    path("assignments/<uuid:assignment_uuid>/submissions", assignments.submissions, name="submissions"),
    path("assignments/<uuid:assignment_uuid>/checks", assignments.checks, name="checks"),
    path("submissions/<uuid:submission_uuid>/status", assignments.status, name="status"),
    path("submissions/<uuid:submission_uuid>", assignments.submission, name="submission"),
]
