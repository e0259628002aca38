"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from django.views.generic import RedirectView

from .views import machines, readers, seeing, start

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("work/", start.work, name="work"),
    path("work/see/end/", seeing.stop_seeing, name="stop_seeing"),
    path("work/see/<uuid:user_uuid>/", seeing.see_as, name="see_as"),
    path("work/machines/", machines.machines, name="machines"),
    path("work/help/", start.role_help, name="role_help"),
    path("preferences/", readers.preferences, name="preferences"),
    path("preferences/language/<slug:code>/", readers.language, name="language"),
    # Wagtail's own login for readers knows neither limits nor a second factor.
    re_path(
        r"^(?:en/)?_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="login"
    ),
    path("media/<path:path>", readers.media, name="media"),
    # Before Wagtail's own route of the same form, which stays the one that addresses are made of.
    re_path(r"^documents/(\d+)/(.*)$", readers.document, name="document"),
]
