"""Pages of outgoing files."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "outgoing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.own, name="own"),
    path("review/", views.queue, name="queue"),
    path("datasets/<slug:code>/", views.dataset, name="dataset"),
    path("<uuid:file_uuid>/", views.file, name="file"),
    path("<uuid:file_uuid>/ask/", views.ask, name="ask"),
    path("<uuid:file_uuid>/decide/", views.decide_on, name="decide"),
    path("<uuid:file_uuid>/fetch/", views.fetch, name="fetch"),
]
