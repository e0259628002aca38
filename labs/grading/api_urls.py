"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "lab_api"
urlpatterns: list[URLPattern | URLResolver] = []
