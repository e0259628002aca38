"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.organizations.views import account_actions, accounts, corrections, me, posts, transfers, units

app_name = "organizations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", me.my_account, name="my_account"),
    path("organizations/", units.tree, name="tree"),
    path("organizations/new/", units.unit_new, name="unit_new"),
    path("organizations/<uuid:unit_uuid>/", units.unit, name="unit"),
    path("personnel/", accounts.account_list, name="accounts"),
    path("personnel/new/", accounts.account_new, name="account_new"),
    path("personnel/transfers/", transfers.transfers, name="transfers"),
    path("personnel/transfers/new/", transfers.ask, name="transfer_ask"),
    path("personnel/transfers/<uuid:request_uuid>/", transfers.answer, name="transfer_answer"),
    path("personnel/<uuid:user_uuid>/", accounts.account, name="account"),
    path("personnel/<uuid:user_uuid>/slip/", account_actions.slip, name="slip"),
    path("personnel/<uuid:user_uuid>/identity/", corrections.identity, name="identity"),
    path("personnel/<uuid:user_uuid>/post/", posts.transfer, name="transfer"),
    path("personnel/<uuid:user_uuid>/post/correct/", posts.correct, name="post_correct"),
    path("personnel/<uuid:user_uuid>/post/place/", posts.place_of_work, name="place_of_work"),
    path("personnel/<uuid:user_uuid>/post/cancel/", posts.cancel, name="post_cancel"),
    path("personnel/<uuid:user_uuid>/deactivate/", account_actions.deactivate, name="deactivate"),
    path("personnel/<uuid:user_uuid>/reactivate/", account_actions.reactivate, name="reactivate"),
    path("personnel/<uuid:user_uuid>/second-factor/", account_actions.second_factor, name="second_factor"),
    path("personnel/<uuid:user_uuid>/roles/new/", account_actions.grant, name="grant"),
    path("personnel/<uuid:user_uuid>/roles/<uuid:grant_uuid>/", account_actions.revoke, name="revoke"),
]
