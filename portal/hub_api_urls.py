"""Addresses on the hub's own socket, which no Lab reaches: what the hub asks before it starts a Lab."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/hub/", include("labs.datasets.hub_urls")),
]

handler400 = "labs.grading.lab_api.frame.bad_request"
handler404 = "labs.grading.lab_api.frame.no_such_address"
handler500 = "labs.grading.lab_api.frame.own_mistake"
