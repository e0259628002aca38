"""Addresses of the portal. Upper apps are named as strings only."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.queue.urls")),
    path("", include("portal.pages.urls")),
    path("", include("portal.users.urls")),
    path("", include("portal.organizations.urls")),
    path("audit/", include("portal.audit.urls")),
    path("notices/", include("portal.notifications.urls")),
    path("exports/", include("portal.exports.urls")),
    path("search/", include("search.urls")),
    path("policies/", include("portal.knowledge.urls")),
    path("learning/", include("courses.learning.urls")),
    path("partners/", include("courses.partners.urls")),
    path("certificates/", include("courses.certification.urls")),
    path("hr/", include("courses.hr.urls")),
    path("datasets/", include("labs.datasets.urls")),
    path("labs/tokens/", include("labs.hub.urls")),
    path("labs/outgoing/", include("labs.outgoing.urls")),
    path("labs/", include("labs.assignments.urls")),
    path("labs/", include("labs.grading.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("allauth.idp.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # Chinese pages at the root, English ones under /en/; every other address has no language of its own.
    *i18n_patterns(path("", include(wagtail_urls)), prefix_default_language=False),
]

handler500 = "portal.pages.failing.failed"
