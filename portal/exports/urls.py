"""Addresses of exports."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "exports"
urlpatterns = [
    path("", views.own, name="own"),
    path("new/<str:code>/", views.ask, name="ask"),
    path("<uuid:export_uuid>/", views.export, name="export"),
    path("<uuid:export_uuid>/cancel/", views.cancel, name="cancel"),
    path("<uuid:export_uuid>/file/", views.file, name="file"),
]
