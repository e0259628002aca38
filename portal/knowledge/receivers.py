"""What follows from editors' changes. Receivers only write rows."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import published, unpublished

from portal.pages.signals import authoring_entered

from .actions.impact import follow_repeal
from .entries import drop_term, drop_work, put_term, put_work
from .models import GlossaryTerm, PolicyWork
from .moderation import set_up_moderation


@receiver(published, sender=PolicyWork)
def find_published_policy(instance: PolicyWork, **_: Any) -> None:
    """Let a published policy be found with every clause; one that an editor calls repealed
    concerns those who quote it."""
    at = timezone.now()
    put_work(instance, at)
    newest = instance.expressions.in_order().last()
    if instance.is_repealed and newest is not None:
        follow_repeal(work=instance, by_text=newest, at=at)


@receiver(unpublished, sender=PolicyWork)
def forget_unpublished_policy(instance: PolicyWork, **_: Any) -> None:
    """Let a policy taken back be found no more."""
    drop_work(instance)


@receiver(published, sender=GlossaryTerm)
def find_published_term(instance: GlossaryTerm, **_: Any) -> None:
    """Let a published term be found."""
    put_term(instance, timezone.now())


@receiver([unpublished, post_delete], sender=GlossaryTerm)
def forget_term(instance: GlossaryTerm, **_: Any) -> None:
    """Let a term taken back or deleted be found no more."""
    drop_term(instance)


@receiver(pre_delete, sender=PolicyWork)
def forget_deleted_policy(instance: PolicyWork, **_: Any) -> None:
    """Take the entry of a policy without texts along when it goes."""
    drop_work(instance)


@receiver(authoring_entered)
def prepare_desk(user: Any, **_: Any) -> None:
    """Whoever looks after policies finds the workflow and the rights of the present version."""
    set_up_moderation(user)
