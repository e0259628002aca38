"""Addresses of datasets."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import views
from .desk import urls as desk

app_name = "datasets"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.dataset_list, name="list"),
    *desk.urlpatterns,
    path("<slug:code>/", views.dataset, name="dataset"),
]
