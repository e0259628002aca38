"""Who looks after policies, and who decides a review."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from portal.users.models import Role, User
from portal.users.rights import has_role

from .models import ReviewTask

EDITORS = (Role.POLICY_EDITOR, Role.ADMINISTRATOR)
REVIEWERS = (*EDITORS, Role.INSTRUCTOR, Role.LAB_AUTHOR)
"""Roles that may have reviews to decide."""


def can_edit(user: User | AnonymousUser, on: date) -> bool:
    """Return whether the user looks after policies."""
    return has_role(user, *EDITORS, on=on)


def access_reviews_for(user: User, on: date) -> QuerySet[ReviewTask]:
    """Reviews that the user may see and decide: editors all, others those of their own items."""
    if can_edit(user, on):
        return ReviewTask.objects.all()
    return ReviewTask.objects.filter(owners=user)
