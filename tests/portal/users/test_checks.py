"""Settings that would be unsafe or half made stop the start, with a hint in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks

from portal.users.checks import check_addresses, check_proxy_count, check_shared_cache, wrong_parts


def test_private_cache_is_refused(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

    assert [problem.id for problem in check_shared_cache()] == ["users.E001"]


@pytest.mark.parametrize(
    ("portal", "hub", "ids"),
    [
        ("http://localhost:8000", "http://hub.localhost:8001", []),
        ("https://a.example", "https://b.example", []),
        ("https://a.example", "http://b.lan", ["users.E002"]),
        ("http://localhost:8000", "http://localhost:8001", ["users.E003", "users.E011"]),
        ("http://localhost:8000", "http://127.0.0.1:8001", ["users.E010"]),
        ("https://a.example", "https://hub.a.example", ["users.E008"]),
        ("http://127.0.0.1:8000", "http://hub.localhost:8001", ["users.W004"]),
    ],
)
def test_addresses(settings: Any, portal: str, hub: str, ids: list[str]) -> None:
    settings.PORTAL_URL, settings.HUB_URL = portal, hub

    assert [problem.id for problem in check_addresses()] == ids


@pytest.mark.parametrize(
    ("portal", "count", "ids"),
    [
        ("https://a.example", None, ["users.E013"]),
        ("https://a.example", "0", []),
        ("https://a.example", "1", []),
        ("http://localhost:8000", None, []),
    ],
)
def test_proxies_are_counted(
    settings: Any, monkeypatch: pytest.MonkeyPatch, portal: str, count: str | None, ids: list[str]
) -> None:
    settings.PORTAL_URL = portal
    monkeypatch.delenv("TRUSTED_PROXY_COUNT", raising=False)
    if count is not None:
        monkeypatch.setenv("TRUSTED_PROXY_COUNT", count)

    assert [problem.id for problem in check_proxy_count()] == ids


@pytest.mark.parametrize(
    ("environ", "ids"),
    [
        ({}, []),
        ({"DATABASE_URL": "postgresql://db/x", "CACHE_URL": "redis://c", "SEARCH_URL": "http://s:9200"}, []),
        ({"DATABASE_URL": "mysql://db/x"}, ["users.E005"]),
        ({"CACHE_URL": "memcached://c"}, ["users.E005"]),
        ({"HUB_API_URL": "http://hub/hub/api"}, ["users.E006", "users.E007"]),
        ({"HUB_API_URL": "http://hub/hub/api", "HUB_URL": "https://lab.example"}, ["users.E007"]),
        (
            {
                "HUB_API_URL": "http://hub/hub/api",
                "HUB_URL": "https://lab.example",
                "DATABASE_URL": "postgresql://db/x",
            },
            [],
        ),
    ],
)
def test_parts(environ: dict[str, str], ids: list[str]) -> None:
    problems = wrong_parts(environ)

    assert [problem.id for problem in problems] == ids
    assert all(problem.hint and "/" in problem.msg for problem in problems)


def test_settings_as_they_are_pass() -> None:
    assert not [problem for problem in run_checks() if str(problem.id).startswith("users.")]
