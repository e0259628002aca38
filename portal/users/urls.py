"""Addresses of this app, and shut doors of others; included before allauth, its provider and Wagtail."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from portal.users.views import first_login, identity, interrupted, sessions

app_name = "users"
urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/first-login/", first_login.first_login, name="first_login"),
    path("accounts/sessions/<int:pk>/end/", sessions.end_session, name="end_session"),
    path("accounts/second-factor/", first_login.second_factor, name="second_factor"),
    path("accounts/interrupted/", interrupted.interrupted, name="interrupted"),
    # Accounts are made by personnel officers; e-mail and device sign-in are not offered.
    path("accounts/password/reset/", identity.password_reset, name="password_reset"),
    path("accounts/signup/", identity.to_login, name="signup"),
    re_path(r"^accounts/(?:email|confirm-email|login/code)/", identity.not_offered, name="mail"),
    path("identity/o/authorize", identity.authorize, name="authorize"),
    re_path(r"^identity/o/(?:api/)?device", identity.not_offered, name="device"),
    # Wagtail's own login knows no second factor; its users, groups and passwords are not where rights come from.
    path("admin/login/", identity.to_login, name="wagtail_login"),
    re_path(r"^admin/password_reset/", identity.to_login, name="wagtail_password_reset"),
    path("admin/account/", identity.to_own_account, name="wagtail_account"),
    re_path(r"^admin/(?:users|groups|api-tokens|bulk/users|bulk/auth)/", identity.not_offered, name="wagtail_users"),
]
