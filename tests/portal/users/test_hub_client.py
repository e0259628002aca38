"""The hub's registration."""

from __future__ import annotations

from io import StringIO
from typing import Any

from allauth.idp.oidc.models import Client
from django.core.management import call_command

from portal.audit.models import AuditEvent


def test_hub_is_registered_once_and_follows_the_settings(db: None, settings: Any) -> None:
    settings.HUB_CLIENT_SECRET, settings.HUB_URL = "one", "http://hub.localhost:8001"
    said = StringIO()

    for _ in range(2):
        call_command("ensure_hub_client", stdout=said)
    settings.HUB_CLIENT_SECRET, settings.HUB_URL = "two", "https://lab.example"
    call_command("ensure_hub_client", stdout=said)

    assert said.getvalue().splitlines() == ["hub client registered", "hub client unchanged", "hub client registered"]
    client = Client.objects.get()
    assert client.check_secret("two")
    assert not client.check_secret("one")
    assert client.get_redirect_uris() == ["https://lab.example/hub/oauth_callback"]
    assert client.get_grant_types() == ["authorization_code", "refresh_token"]
    assert AuditEvent.objects.filter(event="users.hub_client_registered").count() == 2
