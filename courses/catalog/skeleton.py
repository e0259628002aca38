"""The site before anybody has written for it: front page, catalog, knowledge, help, about and privacy, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail.models import Page

from portal.pages.actions import Words, add_page, build_site
from portal.pages.models import ContentPage, HomePage, KnowledgeIndexPage

from .manuscripts import read_manuscript, stream_of
from .models import CourseIndexPage

CONTENT = Path(__file__).parent / "site_content"
CHINESE, ENGLISH = "zh-hans", "en"
PLAIN_PAGES = ("help", "about", "privacy")
HOME: Mapping[str, tuple[str, dict[str, Any]]] = {
    "zh-hans": (
        "城学",
        {
            "headline": "让建设智慧城市的人，学得懂，练得会，用得上",
            "introduction": "干部学新技术、新治理；技术人员在真实的去标识化城市数据上动手实训。课程由高校共建，学时自动记载，证书随时可核验。",
        },
    ),
    "en": (
        "Chengxue",
        {
            "headline": "Learning for the people who build and run smart cities",
            "introduction": "Short courses for officials, graded labs on real, de-identified city data for technicians, "
            "certificates that anybody can verify.",
        },
    ),
}
INDEXES: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "courses": {
        "zh-hans": ("courses", "课程", "由合作高校与省内部门共同建设的短课程和实训课程。先看介绍，再选班次报名。"),
        "en": (
            "courses",
            "Courses",
            "Short courses and labs, authored by partner universities and departments of the province.",
        ),
    },
    "knowledge": {
        "zh-hans": ("knowledge", "知识", "政策要点、工作方法和案例解读，每篇注明来源。"),
        "en": ("knowledge", "Knowledge", "Policies explained, methods and cases, each with its source."),
    },
}


@dataclass(frozen=True)
class Skeleton:
    """The pages on which everything else hangs, by language."""

    homes: Mapping[str, HomePage]
    courses: Mapping[str, Page]
    knowledge: Mapping[str, Page]


@transaction.atomic
def build_skeleton() -> Skeleton:
    """Make the pages that are missing, published; nothing that is there is changed."""
    homes = build_site(words={code: Words(title, fields) for code, (title, fields) in HOME.items()})
    courses = {code: _index(CourseIndexPage, INDEXES["courses"][code], homes, code) for code in homes}
    knowledge = {code: _index(KnowledgeIndexPage, INDEXES["knowledge"][code], homes, code) for code in homes}
    for slug in PLAIN_PAGES:
        for code in homes:
            _plain_page(slug, homes, code)
    return Skeleton(homes, courses, knowledge)


def _index(model: type[Page], words: tuple[str, str, str], homes: Mapping[str, HomePage], code: str) -> Page:
    slug, title, introduction = words
    page = model.objects.child_of(homes[code]).first()
    if page is not None:
        return page
    twin = model.objects.child_of(homes[CHINESE]).first() if code != CHINESE else None
    fields = {"title": title, "slug": slug, "introduction": introduction, "show_in_menus": True}
    return add_page(parent=homes[code], page=model(**fields), twin_of=twin)


def _plain_page(slug: str, homes: Mapping[str, HomePage], code: str) -> None:
    if ContentPage.objects.child_of(homes[code]).filter(slug=slug).exists():
        return
    text = read_manuscript((CONTENT / f"{slug}.{code}.md").read_text("utf-8"))
    twin = ContentPage.objects.child_of(homes[CHINESE]).filter(slug=slug).first() if code != CHINESE else None
    page = ContentPage(title=text.head["title"], slug=slug, introduction=text.head["summary"])
    page.body = page.body.stream_block.to_python(stream_of(text, f"{slug}:{code}", _no_figure, None))
    add_page(parent=homes[code], page=page, twin_of=twin)


def _no_figure(name: str) -> int:
    raise ValueError(f"plain pages have no figures: {name}")
