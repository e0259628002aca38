"""What follows from authors' changes. Receivers only write rows; pictures are made after the commit."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page, PageLogEntry, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from portal.audit.actions import record
from portal.users.wagtail_groups import sync_groups

from .findable import drop_page, has_moved, pages_and_below, put_page
from .renditions import make_renditions
from .signals import authoring_entered


@receiver(page_published)
def find_published_page(instance: Page, **_: Any) -> None:
    """Let a published page be found, the pages below follow a new address,
    and its pictures be made before anybody asks."""
    at = timezone.now()
    for page in pages_and_below(instance) if has_moved(instance) else [instance]:
        put_page(page, at)
    transaction.on_commit(lambda: make_renditions(instance))


@receiver(page_unpublished)
def forget_unpublished_page(instance: Page, **_: Any) -> None:
    """Let a page taken back be found no more."""
    drop_page(instance)


@receiver(pre_delete)
def forget_deleted_page(sender: type, instance: Any, **_: Any) -> None:
    """Let a page that goes be found no more."""
    if issubclass(sender, Page) and sender is not Page:
        drop_page(instance)


@receiver(page_slug_changed)
@receiver(post_page_move)
def follow_moved_page(instance: Page, **_: Any) -> None:
    """Below a page with a new address every address is new.

    Wagtail tells of a slug only after the commit; pages that are found themselves were followed before, in it.
    """
    at = timezone.now()
    for page in pages_and_below(instance):
        put_page(page, at)


@receiver([post_save, post_delete], sender=PageViewRestriction)
def follow_restriction(instance: PageViewRestriction, **_: Any) -> None:
    """Let a page that only some may read be found by those alone."""
    at = timezone.now()
    for page in pages_and_below(instance.page):
        put_page(page, at)


@receiver(post_save, sender=PageLogEntry)
@receiver(post_save, sender=ModelLogEntry)
def audit_author(instance: PageLogEntry | ModelLogEntry, created: bool, **_: Any) -> None:
    """Every write on the authors' screens that Wagtail logs is an audit event too."""
    if not created:
        return
    target = instance.page if isinstance(instance, PageLogEntry) else None
    record(
        by=instance.user,
        at=instance.timestamp,
        event=instance.action,
        target=target,
        details={"label": instance.label[:200], "id": _subject(instance), "type": _type_label(instance)},
    )


@receiver(authoring_entered)
def rights_of_the_day(user: Any, on: Any, **_: Any) -> None:
    """Make the groups those of today's grants."""
    sync_groups(user, on)


def _subject(entry: PageLogEntry | ModelLogEntry) -> Any:
    """Its number, or its text where rows have other keys."""
    if isinstance(entry, PageLogEntry):
        return entry.page_id
    return int(entry.object_id) if entry.object_id.isdecimal() else entry.object_id


def _type_label(entry: PageLogEntry | ModelLogEntry) -> str:
    model = entry.content_type.model_class() if entry.content_type else None
    return model._meta.label_lower if model else ""
