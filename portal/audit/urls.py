"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.audit import views

app_name = "audit"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.event_list, name="events"),
    path("export.csv", views.export, {"form": "csv"}, name="export"),
    path("export.xlsx", views.export, {"form": "xlsx"}, name="export_workbook"),
    path("chain/", views.chain, name="chain"),
    path("anchors.jsonl", views.anchors_file, name="anchors"),
]
