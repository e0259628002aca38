"""What a person's own session or token at the hub may do (security.md B 31, 38, 42): use the own lab, nothing that lasts."""

from __future__ import annotations

import httpx
import pytest

from tests.hub_config.local_hub import LocalHub

pytestmark = pytest.mark.slow


def test_nobody_makes_tokens_that_would_outlive_a_revocation(hub: LocalHub) -> None:
    token = hub.token_of("u5")

    assert hub.call("POST", "users/u5/tokens", token=token, json={}).status_code == 403
    assert hub.call("GET", "users/u5/tokens", token=token).status_code == 403
    assert hub.call("GET", "user", token=token).json()["name"] == "u5"


def test_nobody_shares_a_lab(hub: LocalHub) -> None:
    token = hub.token_of("u5")
    hub.call("POST", "users/u6")

    assert hub.call("POST", "shares/u5/", token=token, json={"user": "u6"}).status_code in (403, 404)
    assert hub.call("POST", "share-codes/u5/", token=token, json={}).status_code in (403, 404)


def test_nobody_asks_about_others_or_starts_a_second_lab(hub: LocalHub) -> None:
    token = hub.token_of("u5")
    hub.call("POST", "users/u6")

    assert hub.call("GET", "users", token=token).status_code == 403
    assert hub.call("GET", "users/u6", token=token).status_code in (403, 404)
    assert hub.call("POST", "users/u6/server", token=token).status_code in (403, 404)
    assert hub.call("POST", "users/u5/servers/second", token=token).status_code == 400


def test_token_in_an_address_is_no_identity(hub: LocalHub) -> None:
    token = hub.token_of("u5")

    assert httpx.get(f"{hub.url}/hub/api/user?token={token}", timeout=30).status_code == 403
