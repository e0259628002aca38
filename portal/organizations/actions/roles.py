"""The learner's role goes where its holder goes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from portal.organizations.models import JobAssignment, Organization
from portal.organizations.queries import learner_grants_left_behind, people_whose_role_stayed_behind
from portal.queue.turns import in_turns
from portal.users.actions import move_grant
from portal.users.models import ScopeKind, User


@transaction.atomic
def follow_post(*, user: User, mistaken: Organization | None = None, by: User | None, at: datetime) -> int:
    """Move the learner's role from units that the person has left to the one of the present post; how many.

    `mistaken` is a unit that a post named before it was corrected. Only the learner's: every other role was given for what somebody does in a place, and is asked about.
    """
    on = timezone.localdate(at)
    post = JobAssignment.objects.current(on).filter(user=user, is_primary=True).select_related("organization").first()
    if post is None:
        return 0
    unit: Organization = post.organization
    grants = list(learner_grants_left_behind(user, unit, mistaken))
    for grant in grants:
        move_grant(grant=grant, scope_kind=ScopeKind.ORGANIZATION, scope_uuid=unit.uuid, start_date=on, by=by, at=at)
    return len(grants)


def follow_posts_that_began(at: datetime) -> None:
    """Do so for everybody whose planned post has begun; each by itself, so that nobody waits for all."""
    for user in in_turns(people_whose_role_stayed_behind(timezone.localdate(at))):
        follow_post(user=user, by=None, at=at)
