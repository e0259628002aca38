"""The page of a person's command-line tokens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "hub"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.tokens, name="tokens"),
    path("<uuid:token_uuid>/end/", views.end, name="end_token"),
]
