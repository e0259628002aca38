"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "learning"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.dashboard, name="dashboard"),
    path("runs/<slug:code>/enroll/", views.enroll, name="enroll"),
    path("runs/<slug:code>/withdraw/", views.withdraw, name="withdraw"),
    path("lessons/<uuid:lesson_uuid>/beat/", views.beat, name="beat"),
    path("lessons/<uuid:lesson_uuid>/complete/", views.complete, name="complete"),
]
