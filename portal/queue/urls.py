"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.queue import health

app_name = "queue"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
