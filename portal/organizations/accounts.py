"""Accounts as lists and pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch, Q, QuerySet

from portal.audit.models import AuditEvent
from portal.users.models import IdentityChange, Role, RoleGrant, User
from portal.users.naming import called
from portal.users.permissions import can_grant
from portal.users.rights import grants_in_force
from portal.users.scopes import Scope, scope_label

from .models import JobAssignment
from .queries import managed_people_for, newest_post, post_before, post_history
from .transfers import reaches

MOST_NAMESAKES = 5


@dataclass(frozen=True)
class GrantLine:
    """A grant with its names."""

    grant: RoleGrant
    role: str
    scope: str
    may_end: bool
    """Whether the reader may take it away."""
    is_ahead: bool = False
    """Whether it counts from a later day on."""


@dataclass(frozen=True)
class Closing:
    """That an account was closed."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class AccountLine:
    """A person in the list of accounts."""

    user: User
    post: JobAssignment | None
    roles: tuple[str, ...]
    former: tuple[str, ...] = ()
    """Names and login names of former times, so that who searched for one sees why this line is there."""


@dataclass(frozen=True)
class PostLine:
    """A post and how it stands today."""

    post: JobAssignment
    is_planned: bool
    is_past: bool
    is_newest: bool
    """Whether it is the newest primary one, which alone can be corrected."""
    may_undo: bool = False
    """Whether a transfer gave it and it has begun."""
    may_correct: bool = False
    """Whether the reader looks after its unit too; who gives a person away does not change the post there."""


def search_accounts(user: User, on: date, *, text: str = "", organization: str = "", state: str = "") -> QuerySet[User]:
    """Accounts that the user looks after and that fit, by login name."""
    people = managed_people_for(user, on)
    if text:
        people = people.filter(called(text))
    if organization:
        posts = JobAssignment.objects.current(on).filter(is_primary=True, organization__uuid=organization)
        people = people.filter(pk__in=posts.values("user"))
    if state == "new":
        people = people.filter(is_active=True, last_login__isnull=True)
    elif state in ("active", "inactive"):
        people = people.filter(is_active=state == "active")
    return people.order_by("username")


def with_posts_and_grants(people: QuerySet[User], on: date) -> QuerySet[User]:
    """Return the same people with current primary posts, grants and former names at hand:
    three queries for all of them."""
    posts = JobAssignment.objects.current(on).filter(is_primary=True).select_related("organization", "position")
    return people.prefetch_related(
        Prefetch("job_assignments", posts.order_by("pk"), to_attr="current_posts"),
        Prefetch("identity_changes", IdentityChange.objects.order_by("pk"), to_attr="former_identities"),
        Prefetch("grants", RoleGrant.objects.in_force(on).order_by("pk"), to_attr="current_grants"),
    )


def account_lines(people: Iterable[User]) -> list[AccountLine]:
    """Lines of people that `with_posts_and_grants` has prepared."""
    lines = []
    for user in people:
        posts: list[JobAssignment] = getattr(user, "current_posts", [])
        grants: list[RoleGrant] = getattr(user, "current_grants", [])
        roles = tuple(dict.fromkeys(str(Role(grant.role).label) for grant in grants))
        changes: list[IdentityChange] = getattr(user, "former_identities", [])
        former = tuple(dict.fromkeys(c.before for c in changes if c.before not in (user.name, user.username)))
        lines.append(AccountLine(user, posts[0] if posts else None, roles, former))
    return lines


def grant_lines(user: User, on: date, by: User | None = None, *, with_planned: bool = False) -> list[GrantLine]:
    """Grants of the person that count now, or begin later, and which of them `by` may take away."""
    later = user.grants.filter(start_date__gt=on, revoked_at__isnull=True, user__is_active=True)
    grants = grants_in_force(user, on) | later if with_planned else grants_in_force(user, on)
    return [
        GrantLine(
            grant,
            str(Role(grant.role).label),
            scope_label(grant.scope_kind, grant.scope_uuid),
            by is not None and can_grant(by, user, grant.role, Scope(grant.scope_kind, grant.scope_uuid), on),
            grant.start_date > on,
        )
        for grant in grants.select_related("user").order_by("role", "start_date", "pk")
    ]


def former_grant_lines(user: User, on: date) -> list[GrantLine]:
    """Grants of the person that were taken away or ran out, the newest first."""
    ended = user.grants.filter(Q(revoked_at__isnull=False) | Q(end_date__lt=on)).select_related("revoked_by")
    return [
        GrantLine(grant, str(Role(grant.role).label), scope_label(grant.scope_kind, grant.scope_uuid), may_end=False)
        for grant in ended.order_by("-granted_at", "-pk")
    ]


def closing_of(user: User) -> Closing | None:
    """Return who closed the account, when and why; None for an open one."""
    if user.is_active:
        return None
    events = AuditEvent.objects.filter(event="users.user_deactivated", target_uuid=user.uuid)
    told = events.select_related("actor", "words").order_by("-pk").first()
    if told is None:
        return None
    return Closing(told.at, told.actor.name if told.actor else told.actor_label, str(told.details.get("reason", "")))


def post_lines(user: User, by: User, on: date) -> list[PostLine]:
    """Every post of the person, planned ones first, and which of them `by` may correct or cancel."""
    lines = []
    newest = newest_post(user)
    for post in post_history(user):
        is_planned = post.start_date > on
        is_past = post.end_date is not None and post.end_date < on
        is_newest = newest is not None and post.pk == newest.pk
        may_undo = is_newest and not is_planned and not is_past and post_before(post) is not None
        may_correct = is_newest and reaches(by, post.organization, on)
        lines.append(PostLine(post, is_planned, is_past, is_newest, may_undo, may_correct))
    return lines


def namesakes_of(user: User, by: User, on: date) -> list[str]:
    """Others of this name whose accounts `by` looks after, each with login name and unit."""
    others = managed_people_for(by, on).filter(name_key=user.name_key).exclude(pk=user.pk)
    lines = account_lines(with_posts_and_grants(others.order_by("username")[:MOST_NAMESAKES], on))
    return [f"{line.user.username}（{line.post.organization.name if line.post else '—'}）" for line in lines]


def factor_types(user: User) -> list[str]:
    """Kinds of second factor that the person has set up."""
    return sorted(set(Authenticator.objects.filter(user=user).values_list("type", flat=True)))
