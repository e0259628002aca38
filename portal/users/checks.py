"""Checks that stop a start with settings that would be unsafe or half made."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from portal.installation.addresses import is_address, problems
from portal.installation.messages import MESSAGES

LOCAL_CACHES = ("locmem.LocMemCache", "dummy.DummyCache")

ADDRESSES_HINT = "See docs/how-to/install.md. / 见 docs/how-to/install.md。"
NUMBERS = {
    "schemes_differ": 2,
    "names_equal": 3,
    "hub_below_portal": 8,
    "names_share_cookies": 9,
    "hub_is_address": 10,
    "persons_need_https": 11,
    "name_of_a_lab": 12,
}


def _wrong(number: int, english: str, chinese: str, hint: str) -> Error:
    return Error(f"{english} / {chinese}", hint=hint, id=f"users.E{number:03d}")


@register()
def check_shared_cache(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Check that every process sees the same cache: authorization codes and sign-in limits live in it."""
    if not settings.CACHES["default"]["BACKEND"].endswith(LOCAL_CACHES):
        return []
    return [
        _wrong(
            1,
            "The cache is private to each process: sign-in to the labs would fail and limits would not hold.",
            "缓存只属于单个进程：登录实训环境会失败，登录限制也不起作用。",
            "Unset CACHE_URL for the database cache, or set it to redis://… / 不设置 CACHE_URL 即用数据库缓存，或设为 redis://…",
        )
    ]


@register()
def check_addresses(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Portal, hub and labs need names between which no cookie is shared, and https on all or on none."""
    found: list[CheckMessage] = [
        _wrong(NUMBERS[key], MESSAGES[key][1].format(**values), MESSAGES[key][0].format(**values), ADDRESSES_HINT)
        for key, values in problems(settings.PORTAL_URL, settings.HUB_URL, settings.LAB_ORIGINS)
    ]
    if is_address(urlsplit(settings.PORTAL_URL).hostname or ""):
        found.append(
            Warning(
                "Passkeys do not work on an address. / 通行密钥不能用于 IP 地址。",
                hint="Give PORTAL_URL a host name. / 为 PORTAL_URL 设置主机名。",
                id="users.W004",
            )
        )
    return found


@register()
def check_urls_of_parts(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Each of the four URLs must name something that fits, and a hub elsewhere needs its public address."""
    return wrong_parts(os.environ)


@register()
def check_proxy_count(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Behind https the number of proxies must be said, also where no preflight asks for it (containers)."""
    if os.environ.get("TRUSTED_PROXY_COUNT", "") or not settings.PORTAL_URL.startswith("https://"):
        return []
    return [
        _wrong(
            13,
            "PORTAL_URL is https, but TRUSTED_PROXY_COUNT does not say how many reverse proxies stand in front.",
            "PORTAL_URL 是 https，但 TRUSTED_PROXY_COUNT 没有说明前面有几层反向代理。",
            "Usually TRUSTED_PROXY_COUNT=1; 0 must be said too. / 通常设为 TRUSTED_PROXY_COUNT=1；是 0 也要写明。",
        )
    ]


PARTS: Sequence[tuple[str, Callable[[str], bool], str]] = (
    ("DATABASE_URL", lambda url: url.startswith(("postgres://", "postgresql://")), "postgresql://…"),
    ("CACHE_URL", lambda url: url.startswith(("redis://", "rediss://", "unix://")), "redis://…"),
    ("SEARCH_URL", lambda url: url.startswith(("http://", "https://")), "http(s)://…"),
    ("HUB_API_URL", lambda url: url.startswith(("http://", "https://")), "http(s)://…/hub/api"),
)


def wrong_parts(environ: Mapping[str, str]) -> list[CheckMessage]:
    """Return what is wrong with the URLs of database, cache, search and hub."""
    found: list[CheckMessage] = []
    for name, fits, example in PARTS:
        if environ.get(name) and not fits(environ[name]):
            hint = f"{name}={example}; unset: embedded / 不设置：使用内置部分"
            found.append(_wrong(5, f"{name} has a value that cannot be used.", f"{name} 的值不可用。", hint))
    if environ.get("HUB_API_URL") and not environ.get("HUB_URL"):
        found.append(
            _wrong(
                6,
                "HUB_API_URL names a hub elsewhere, but HUB_URL does not say where people reach it.",
                "HUB_API_URL 指定了外部 Hub，但没有用 HUB_URL 说明用户访问的地址。",
                "Set both or none. / 两者都设置，或都不设置。",
            )
        )
    if environ.get("HUB_API_URL") and not environ.get("DATABASE_URL"):
        found.append(
            _wrong(
                7,
                "A hub elsewhere (HUB_API_URL) needs a database that other machines reach (DATABASE_URL).",
                "外部 Hub（HUB_API_URL）需要其他机器可访问的数据库（DATABASE_URL）。",
                "Set DATABASE_URL=postgresql://… / 设置 DATABASE_URL=postgresql://…",
            )
        )
    return found
