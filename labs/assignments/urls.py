"""Addresses of the instructors' pages of labs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .views import changing, extensions, labs, reports

app_name = "assignments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("manage/", labs.labs, name="labs"),
    path("manage/new/", labs.new_lab, name="new_lab"),
    path("manage/assignments/", labs.assignments, name="assignments"),
    path("manage/assignments/<uuid:assignment_uuid>/", labs.assignment, name="assignment"),
    path("manage/assignments/<uuid:assignment_uuid>/extensions/", extensions.extensions, name="extensions"),
    path(
        "manage/assignments/<uuid:assignment_uuid>/extensions/withdraw/",
        extensions.withdraw,
        name="withdraw_extension",
    ),
    path("manage/assignments/<uuid:assignment_uuid>/rules/", changing.rules, name="rules"),
    path("manage/assignments/<uuid:assignment_uuid>/withdraw/", changing.withdraw, name="withdraw"),
    path("manage/labs/<slug:code>/", labs.lab, name="lab"),
    path("manage/labs/<slug:code>/retire/", changing.retire, name="retire"),
    path("manage/labs/<slug:code>/releases/<int:number>/retire/", changing.retire, name="retire_release"),
    path("manage/labs/<slug:code>/upload/", labs.upload, name="upload"),
    path("manage/labs/<slug:code>/assign/", labs.assign, name="assign"),
    path("manage/labs/<slug:code>/releases/<int:number>/report/", reports.report, name="report"),
    path("manage/labs/<slug:code>/releases/<int:number>/check/", reports.check_again, name="check_again"),
    path("manage/labs/<slug:code>/wrong-answers/", reports.wrong_answers, name="wrong_answers"),
    path("manage/labs/<slug:code>/wrong-answers/drop/", reports.drop, name="drop_wrong_answer"),
]
