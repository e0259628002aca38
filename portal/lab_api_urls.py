"""Addresses on the lab API's socket: what a Lab may ask, for the caller that its token names."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/lab/", include("labs.grading.api_urls")),
    path("api/lab/outgoing", include("labs.outgoing.api_urls")),
    path("api/exchange/", include("labs.grading.exchange_urls")),
]

handler400 = "labs.grading.lab_api.frame.bad_request"
handler404 = "labs.grading.lab_api.frame.no_such_address"
handler500 = "labs.grading.lab_api.frame.own_mistake"
