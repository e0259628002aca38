"""Addresses of datasets."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "datasets"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.dataset_list, name="list"),
    path("<slug:code>/", views.dataset, name="dataset"),
]
