"""The address that labs ask before a file leaves."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import lab_api

app_name = "outgoing_api"
urlpatterns: list[URLPattern | URLResolver] = [path("", lab_api.outgoing, name="outgoing")]
