"""Addresses of a trainee's lab page and of the instructors' submissions."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .views import appeals, desk, regrades, trainee

app_name = "grading"
urlpatterns: list[URLPattern | URLResolver] = [
    path("submissions/", desk.submissions, name="submissions"),
    path("submissions/<uuid:submission_uuid>/", desk.submission, name="submission"),
    path("submissions/<uuid:submission_uuid>/marks/<int:question_id>/", desk.mark, name="mark"),
    path("submissions/<uuid:submission_uuid>/regrade/", desk.regrade, name="regrade"),
    path("submissions/<uuid:submission_uuid>/appeal/", appeals.new_appeal, name="new_appeal"),
    path("submissions/<uuid:submission_uuid>/notebook", trainee.notebook, name="notebook"),
    path("regrades/", regrades.regrades, name="regrades"),
    path("regrades/new/<uuid:assignment_uuid>/", regrades.new_regrade, name="new_regrade"),
    path("regrades/<uuid:batch_uuid>/", regrades.regrade_batch, name="regrade_batch"),
    path("regrades/<uuid:batch_uuid>/approve/", regrades.approve, name="approve_regrade"),
    path("regrades/<uuid:batch_uuid>/discard/", regrades.discard, name="discard_regrade"),
    path("appeals/", appeals.appeals, name="appeals"),
    path("appeals/<uuid:appeal_uuid>/", appeals.appeal, name="appeal"),
    path("<uuid:assignment_uuid>/", trainee.lab, name="lab"),
    path("<uuid:assignment_uuid>/status", trainee.lab_status, name="lab_status"),
]
