"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/language/<slug:code>/", views.language, name="language"),
    path("media/<path:path>", views.media, name="media"),
]
