"""Addresses of certificates."""

from __future__ import annotations

from django.urls import path

from .views import certificates, later

app_name = "certification"
urlpatterns = [
    path("", certificates.certificates, name="certificates"),
    path("backlog/", later.backlog, name="backlog"),
    path("verify/", certificates.verify, name="verify"),
    path("verify/<str:token>/", certificates.verify_token, name="verify_token"),
    path("<uuid:award_uuid>/certificate.pdf", certificates.document, name="document"),
    path("<uuid:award_uuid>/revoke/", certificates.revoke, name="revoke"),
    path("<uuid:award_uuid>/replace/", certificates.supersede, name="supersede"),
    path("<uuid:award_uuid>/again/", later.award_again, name="award_again"),
]
