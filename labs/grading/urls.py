"""Addresses of a trainee's lab page and of the instructors' submissions."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .views import desk, trainee

app_name = "grading"
urlpatterns: list[URLPattern | URLResolver] = [
    path("submissions/", desk.submissions, name="submissions"),
    path("submissions/<uuid:submission_uuid>/", desk.submission, name="submission"),
    path("submissions/<uuid:submission_uuid>/marks/<int:question_id>/", desk.mark, name="mark"),
    path("submissions/<uuid:submission_uuid>/regrade/", desk.regrade, name="regrade"),
    path("submissions/<uuid:submission_uuid>/notebook", trainee.notebook, name="notebook"),
    path("<uuid:assignment_uuid>/", trainee.lab, name="lab"),
    path("<uuid:assignment_uuid>/status", trainee.lab_status, name="lab_status"),
]
