"""Addresses of policies, the glossary and the editors' desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "knowledge"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.policies, name="policies"),
    path("glossary/", views.glossary_page, name="glossary"),
    path("import/", views.import_text, name="import"),
    path("reviews/", views.reviews, name="reviews"),
    path("reviews/<uuid:task_uuid>/", views.review, name="review"),
    path("<slug:code>/", views.policy, name="policy"),
    path("<slug:code>/history/", views.history, name="history"),
    path("<slug:code>/compare/", views.compare, name="compare"),
]
