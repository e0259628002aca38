"""Names of hub and labs: whose lab answers where, and where former addresses lead."""

from __future__ import annotations

import pytest

from hub_config.origins import Origins, hostname, is_address

HERE = Origins("http://hub.localhost:8001")
COUNTY = Origins("https://hub.county.gov")
ONE = Origins("http://10.1.2.3:8001", "one")


def test_on_plain_http_labs_stand_beside_the_hub_below_a_label_that_takes_no_cookie() -> None:
    assert HERE.lab_url("u5") == "http://u5.localhost:8001"
    assert HERE.any_lab == "http://*.localhost:8001"
    assert not HERE.shares_no_cookie


def test_with_https_labs_stand_below_the_hub_and_cookies_bear_the_prefix() -> None:
    assert COUNTY.lab_url("u5") == "https://u5.hub.county.gov"
    assert COUNTY.any_lab == "https://*.hub.county.gov"
    assert COUNTY.shares_no_cookie


def test_with_one_origin_every_lab_is_the_hubs_and_cookies_keep_their_paths() -> None:
    assert ONE.lab_url("u5") == "http://10.1.2.3:8001"
    assert ONE.user_of("10.1.2.3") is None
    assert not Origins("https://hub.county.gov", "one").shares_no_cookie


@pytest.mark.parametrize(
    ("host", "user"),
    [
        ("u5.localhost", "u5"),
        ("hub.localhost", None),
        ("localhost", None),
        ("u05.localhost", None),
        ("u5.localhost.evil.example", None),
        ("evil.u5.localhost", None),
        ("u5.hub.localhost", None),
        ("xu5.localhost", None),
    ],
)
def test_a_name_belongs_to_one_person_or_to_nobody(host: str, user: str | None) -> None:
    assert HERE.user_of(host) == user


@pytest.mark.parametrize(
    ("path", "now"),
    [
        ("/user/u4/lab/tree/a.ipynb", "http://u4.localhost:8001"),
        ("/user/u4", "http://u4.localhost:8001"),
        ("/user/u4x/lab", "http://hub.localhost:8001"),
        ("/hub/user-redirect/lab", "http://hub.localhost:8001"),
        ("/", "http://hub.localhost:8001"),
    ],
)
def test_former_addresses_lead_to_the_new_ones(path: str, now: str) -> None:
    assert HERE.successor_of(path) == now


@pytest.mark.parametrize(
    ("authority", "host"),
    [("Hub.localhost:8001", "hub.localhost"), ("[::1]:8001", "::1"), ("127.0.0.1", "127.0.0.1"), ("", "")],
)
def test_host_header_is_read_without_its_port(authority: str, host: str) -> None:
    assert hostname(authority) == host


def test_addresses_are_told_from_names() -> None:
    assert is_address("127.0.0.1")
    assert is_address("::1")
    assert not is_address("hub.localhost")
