"""Addresses of personnel officers."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "hr"
urlpatterns = [
    path("", views.people, name="people"),
    path("summary/", views.overview, name="summary"),
    path("export.xlsx", views.export, name="export"),
    path("people/<uuid:person_uuid>/", views.person, name="person"),
]
