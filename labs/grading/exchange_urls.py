"""Addresses of the exchange that nbgrader's commands in a Lab speak to."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .lab_api import exchange

app_name = "exchange"
urlpatterns: list[URLPattern | URLResolver] = [
    path("assignments", exchange.exchange_list, name="assignments"),
    path("submissions/<uuid:submission_uuid>/feedback.html", exchange.feedback, name="feedback"),
    path("<slug:course>/<slug:slug>/release.zip", exchange.release_archive, name="release"),
    path("<slug:course>/<slug:slug>/submissions", exchange.exchange_submissions, name="submissions"),
]
