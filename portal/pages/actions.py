"""Writes of the site: its skeleton in both languages, and pages from prepared words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from wagtail.models import GroupApprovalTask, Locale, Page, Site, Workflow, WorkflowPage, WorkflowTask

from portal.users.models import Role
from portal.users.wagtail_groups import ensure_group

from .models import HomePage

WORKFLOW = "内容审核"


@dataclass(frozen=True)
class Words:
    """A page's title and fields in one language."""

    title: str
    fields: Mapping[str, Any]


@transaction.atomic
def build_site(*, words: Mapping[str, Words]) -> dict[str, HomePage]:
    """Make the front page in every given language and let the site begin there; what is there is kept."""
    root = Page.get_first_root_node()
    homes: dict[str, HomePage] = {}
    for code, own in words.items():
        locale, _ = Locale.objects.get_or_create(language_code=code)
        home = HomePage.objects.filter(locale=locale).order_by("path").first()
        if home is None:
            first = next(iter(homes.values()), None)
            key = {"translation_key": first.translation_key} if first else {}
            # Wagtail's own welcome page holds the slug `home` until it goes.
            home = HomePage(title=own.title, slug=f"site-{code}", locale=locale, **own.fields, **key)
            root.add_child(instance=home)
            home.save_revision().publish()
        homes[code] = home
    _begin_at(next(iter(homes.values())))
    _set_up_moderation(root)
    return homes


@transaction.atomic
def add_page(*, parent: Page, page: Page, twin_of: Page | None = None) -> Page:
    """Publish a page below its parent, as the translation of `twin_of` where given."""
    page.locale = parent.locale
    if twin_of is not None:
        page.translation_key = twin_of.translation_key
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def _begin_at(home: HomePage) -> None:
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    if site.root_page_id == home.pk:
        return
    site.root_page, site.site_name = home, "城学"
    site.save()
    # The page with which Wagtail greets a new installation.
    for welcome in Page.objects.filter(depth=2, slug="home", content_type__model="page"):
        welcome.delete()


def _set_up_moderation(root: Page) -> None:
    """Let what an author without the right to publish sends in go to the administrators."""
    workflow, is_new = Workflow.objects.get_or_create(name=WORKFLOW)
    if is_new:
        task = GroupApprovalTask.objects.create(name="管理员审核")
        task.groups.add(ensure_group(Role.ADMINISTRATOR))
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.update_or_create(page=root, defaults={"workflow": workflow})
