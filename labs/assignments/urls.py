"""Addresses of the instructors' pages of labs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import changing_pages, extension_pages, report_pages, views

app_name = "assignments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("manage/", views.labs, name="labs"),
    path("manage/new/", views.new_lab, name="new_lab"),
    path("manage/assignments/", views.assignments, name="assignments"),
    path("manage/assignments/<uuid:assignment_uuid>/", views.assignment, name="assignment"),
    path("manage/assignments/<uuid:assignment_uuid>/extensions/", extension_pages.extensions, name="extensions"),
    path(
        "manage/assignments/<uuid:assignment_uuid>/extensions/withdraw/",
        extension_pages.withdraw,
        name="withdraw_extension",
    ),
    path("manage/assignments/<uuid:assignment_uuid>/rules/", changing_pages.rules, name="rules"),
    path("manage/assignments/<uuid:assignment_uuid>/withdraw/", changing_pages.withdraw, name="withdraw"),
    path("manage/labs/<slug:code>/", views.lab, name="lab"),
    path("manage/labs/<slug:code>/retire/", changing_pages.retire, name="retire"),
    path("manage/labs/<slug:code>/releases/<int:number>/retire/", changing_pages.retire, name="retire_release"),
    path("manage/labs/<slug:code>/upload/", views.upload, name="upload"),
    path("manage/labs/<slug:code>/assign/", views.assign, name="assign"),
    path("manage/labs/<slug:code>/releases/<int:number>/report/", report_pages.report, name="report"),
    path("manage/labs/<slug:code>/releases/<int:number>/check/", report_pages.check_again, name="check_again"),
    path("manage/labs/<slug:code>/wrong-answers/", report_pages.wrong_answers, name="wrong_answers"),
    path("manage/labs/<slug:code>/wrong-answers/drop/", report_pages.drop, name="drop_wrong_answer"),
]
