"""Addresses that would let a lab act for others are refused before anything is installed."""

from __future__ import annotations

import pytest

from portal.installation.addresses import problems, require_addresses
from portal.installation.messages import Refusal
from portal.installation.paths import Paths, WrongSetting
from portal.installation.status import isolation


@pytest.mark.parametrize(
    ("portal", "hub", "origins", "found"),
    [
        ("http://localhost:8000", "http://hub.localhost:8001", "person", []),
        ("http://localhost:8000", "http://hub.localhost:8001", "one", []),
        ("http://localhost:8000", "http://127.0.0.1:8001", "person", ["hub_is_address"]),
        ("http://localhost:8000", "http://127.0.0.1:8001", "one", []),
        ("http://10.1.2.3:8000", "http://10.1.2.4:8001", "one", []),
        ("http://10.1.2.3:8000", "http://10.1.2.3:8001", "one", ["names_equal"]),
        ("http://portal.lan", "http://hub.lan", "person", []),
        ("https://portal.county.gov", "https://hub.county.gov", "person", []),
        ("https://portal.county.gov", "https://hub.portal.county.gov", "person", ["hub_below_portal"]),
        ("https://portal.county.gov", "https://hub.portal.county.gov", "one", ["hub_below_portal"]),
        ("http://portal.county.gov", "http://hub.county.gov", "person", ["names_share_cookies", "persons_need_https"]),
        ("http://portal.county.gov", "http://hub.county.gov", "one", ["names_share_cookies"]),
        ("http://portal.lan", "http://labs.county.gov", "person", ["persons_need_https"]),
        ("http://localhost:8000", "http://hub:8001", "person", ["persons_need_https"]),
        ("https://portal.county.gov", "http://hub.lan", "person", ["schemes_differ"]),
        ("http://localhost:8000", "http://u5.localhost:8001", "person", ["name_of_a_lab"]),
        ("http://u5.localhost:8000", "http://hub.localhost:8001", "person", ["name_of_a_lab"]),
    ],
)
def test_addresses(portal: str, hub: str, origins: str, found: list[str]) -> None:
    assert [key for key, _ in problems(portal, hub, origins)] == found


def test_a_missing_wildcard_name_is_said_with_what_it_takes() -> None:
    asked: list[str] = []

    def find(host: str) -> None:
        asked.append(host)
        raise OSError

    with pytest.raises(Refusal, match=r"\*\.hub\.county\.gov"):
        require_addresses("https://portal.county.gov", "https://hub.county.gov", "person", find=find)

    (name,) = asked
    assert name.endswith(".hub.county.gov")


@pytest.mark.parametrize(
    ("hub", "origins"),
    [("http://hub.localhost:8001", "person"), ("https://hub.county.gov", "one"), ("https://hub.county.gov", "person")],
)
def test_names_that_are_found_or_need_not_be_pass(hub: str, origins: str) -> None:
    portal = "https://portal.county.gov" if hub.startswith("https") else "http://localhost:8000"
    wildcard = {"find": lambda host: None} if (hub, origins) == ("https://hub.county.gov", "person") else {}

    require_addresses(portal, hub, origins, **wildcard)


def test_a_hub_by_address_is_told_where_everything_is_explained() -> None:
    with pytest.raises(Refusal, match=r"LAB_ORIGINS=one.*docs/how-to/install\.md"):
        require_addresses("http://localhost:8000", "http://127.0.0.1:8001", "person")


@pytest.mark.parametrize(
    ("value", "said"), [("person", "one per person"), ("one", "shared: a page of one person's lab")]
)
def test_status_says_what_is_weaker_with_one_origin(value: str, said: str) -> None:
    assert isolation(Paths.from_environment({"LAB_ORIGINS": value}))["origins"].startswith(said)


def test_an_unknown_kind_of_origins_is_named() -> None:
    with pytest.raises(WrongSetting, match="LAB_ORIGINS=two"):
        Paths.from_environment({"LAB_ORIGINS": "two"})
