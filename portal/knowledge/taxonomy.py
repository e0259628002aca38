"""Subjects of policies, and what is known of well-known ones by name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from .entries import put_work
from .models import PolicyLevel, PolicyTheme, PolicyWork
from .parsing.about import About

STANDARD = re.compile(r"(?:GB|GA|CJJ?)(?:/T)? ?[\d.]+-\d{4}")
FILE = Path(__file__).parent / "data" / "taxonomy.yaml"
WORDS = (
    (r"智慧城市", "智慧城市顶层设计与评价"),
    (r"个人信息|数据安全|网络数据", "数据安全与个人信息"),
    (r"大数据|公共数据|政务数据|数据条例|数据资源|数据共享", "数据资源体系"),
    (r"城市运行|城市管理|城管|一网统管", "城市运行管理与一网统管"),
    (r"数字孪生|城市信息模型", "CIM与数字孪生"),
    (r"网络安全|密码|关键信息基础设施|计算机信息系统|等级保护", "网络安全与等保密评"),
    (r"政务服务|数字政府|政府信息公开|在线政务|优化营商环境", "政务服务与数字政府"),
    (r"公务员|干部", "干部教育培训"),
    (r"专业技术人员|继续教育|职业教育|职业技能", "专业技术人员继续教育"),
    (r"电子签名|电子证照|档案", "电子证照与电子签名"),
)
"""Words of a title that tell its subject, the most telling first."""


@cache
def _known() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


def bare_title(title: str) -> str:
    """Return a title as it is compared: without 中华人民共和国, brackets at the end and blanks."""
    title = re.sub(r"[（(][^（）()]{1,20}[）)]$", "", title.strip())
    return re.sub(r"\s+", "", title).removeprefix("中华人民共和国")


@cache
def _by_title() -> dict[str, dict[str, str]]:
    return {bare_title(row["title"]): row for row in _known()["policies"]}


def theme_of(title: str) -> str:
    """Return the subject of a policy by its title; empty where nothing tells."""
    known = _by_title().get(bare_title(title))
    if known is not None:
        return known["theme"]
    return next((theme for words, theme in WORDS if re.search(words, title)), "")


def completed(about: About) -> About:
    """Return the same, with number, days and subject of a well-known policy where the text tells none."""
    known = _by_title().get(bare_title(about.title), {})
    return replace(
        about,
        number=about.number or known.get("number", ""),
        issued_date=about.issued_date or _day(known.get("adopted") or known.get("issued")),
        effective_date=about.effective_date or _day(known.get("effective")),
        theme=about.theme or theme_of(about.title),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text and re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None


@transaction.atomic
def load_themes() -> int:
    """Make the subjects that are missing; what editors changed stays. Returns how many were made."""
    made = 0
    for order, row in enumerate(_known()["themes"], start=1):
        _, is_new = PolicyTheme.objects.get_or_create(
            code=row["code"], defaults={"title_en": row["title_en"], "order": order}
        )
        made += is_new
    return made


@transaction.atomic
def load_standards(*, at: datetime) -> int:
    """Make the well-known standards that are missing: cited by number, without text. Returns how many."""
    made = 0
    themes = {theme.code: theme for theme in PolicyTheme.objects.all()}
    for row in _known()["policies"]:
        number = row.get("number", "")
        if not STANDARD.fullmatch(number):
            continue
        code = re.sub(r"[^a-z0-9]+", "-", number.lower()).strip("-")
        fields = {
            "title": row["title"],
            "number": number,
            "level": PolicyLevel.STANDARD,
            "theme": themes.get(row["theme"]),
            "issued_date": _day(row.get("issued")),
            "effective_date": _day(row.get("effective")),
        }
        work, is_new = PolicyWork.objects.get_or_create(code=code, defaults=fields)
        if is_new:
            put_work(work, at)
        made += is_new
    return made
