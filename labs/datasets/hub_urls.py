"""Addresses that the hub asks on its own socket."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from labs.datasets import hub_api

app_name = "hub_api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("mounts/<str:username>", hub_api.mounts, name="mounts"),
]
