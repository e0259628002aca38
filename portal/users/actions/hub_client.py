"""The hub as a client of the portal's OpenID provider."""

from __future__ import annotations

from datetime import datetime

from allauth.idp.oidc.models import Client
from django.db import transaction

from portal.audit.actions import record
from portal.users.models import User

CLIENT_ID = "jupyterhub"
SCOPES = ["openid", "profile", "roles"]


@transaction.atomic
def ensure_hub_client(*, secret: str, hub_url: str, by: User | None, at: datetime) -> bool:
    """Register the hub, or correct its registration; True when something changed."""
    client = Client.objects.filter(id=CLIENT_ID).first() or Client(id=CLIENT_ID, created_at=at)
    before = (_described(client), client.check_secret(secret)) if not client._state.adding else None
    client.name = "JupyterHub"
    client.type = Client.Type.CONFIDENTIAL
    client.skip_consent = True
    client.allow_uri_wildcards = False
    client.set_scopes(SCOPES)
    client.set_default_scopes(["openid"])
    client.set_grant_types(["authorization_code", "refresh_token"])
    client.set_response_types(["code"])
    client.set_redirect_uris([f"{hub_url}/hub/oauth_callback"])
    client.set_post_logout_redirect_uris([f"{hub_url}/hub/logout", f"{hub_url}/hub/login", f"{hub_url}/"])
    if before == (_described(client), True):
        return False
    client.set_secret(secret)
    client.save()
    record(by=by, at=at, event="users.hub_client_registered", details={"redirect_uris": client.redirect_uris})
    return True


def _described(client: Client) -> tuple[object, ...]:
    return (
        client.name,
        client.type,
        client.skip_consent,
        client.allow_uri_wildcards,
        client.scopes,
        client.default_scopes,
        client.grant_types,
        client.response_types,
        client.redirect_uris,
        tuple(client.get_post_logout_redirect_uris()),
    )
