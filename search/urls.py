"""Addresses of the search."""

from __future__ import annotations

from django.urls import path

from search.views import results, saved

app_name = "search"
urlpatterns = [
    path("", results.results, name="results"),
    path("suggest/", results.suggest, name="suggest"),
    path("opened/", results.opened, name="opened"),
    path("saved/", saved.saved, name="saved"),
    path("saved/add/", saved.save, name="save"),
    path("saved/<uuid:saved_uuid>/delete/", saved.forget, name="forget"),
    path("saved/<uuid:saved_uuid>/digest/", saved.digest, name="digest"),
]
