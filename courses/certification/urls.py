"""Addresses of certificates."""

from __future__ import annotations

from django.urls import path

from . import later_views, views

app_name = "certification"
urlpatterns = [
    path("", views.certificates, name="certificates"),
    path("backlog/", later_views.backlog, name="backlog"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:token>/", views.verify_token, name="verify_token"),
    path("<uuid:award_uuid>/certificate.pdf", views.document, name="document"),
    path("<uuid:award_uuid>/revoke/", views.revoke, name="revoke"),
    path("<uuid:award_uuid>/replace/", views.supersede, name="supersede"),
    path("<uuid:award_uuid>/again/", later_views.award_again, name="award_again"),
]
