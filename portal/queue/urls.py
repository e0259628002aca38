"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "queue"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
]
