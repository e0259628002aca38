"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .views import learner, teaching

app_name = "learning"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", learner.dashboard, name="dashboard"),
    path("runs/<slug:code>/enroll/", learner.enroll, name="enroll"),
    path("runs/<slug:code>/withdraw/", learner.withdraw, name="withdraw"),
    path("lessons/<uuid:lesson_uuid>/beat/", learner.beat, name="beat"),
    path("lessons/<uuid:lesson_uuid>/complete/", learner.complete, name="complete"),
    path("teaching/", teaching.runs, name="runs"),
    path("teaching/<slug:code>/", teaching.roster, name="roster"),
    path("teaching/<slug:code>/enroll/", teaching.enroll_others, name="enroll_others"),
    path("teaching/<slug:code>/learners/<uuid:place_uuid>/withdraw/", teaching.withdraw_other, name="withdraw_other"),
    path("teaching/<slug:code>/learners.xlsx", teaching.export_workbook, name="export_workbook"),
    path("teaching/<slug:code>/learners.csv", teaching.export_csv, name="export_csv"),
]
