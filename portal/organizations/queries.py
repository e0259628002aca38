"""Which people and organizations somebody may see, and trees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from portal.users.models import Role, RoleGrant, ScopeKind, User
from portal.users.rights import scopes_of
from portal.users.scopes import Scope, enclosing_scopes

from .models import JobAssignment, Organization, Region

VIEWING_ROLES = (Role.HR.value, Role.AUDITOR.value, Role.ADMINISTRATOR.value)
MANAGING_ROLES = (Role.HR.value, Role.ADMINISTRATOR.value)
NOTHING = Q(pk__in=[])
MOVING_SCOPES = (ScopeKind.ORGANIZATION.value, ScopeKind.REGION.value)
"""Kinds of place that a person can leave."""
_SCOPE_PATH = Organization.objects.filter(uuid=OuterRef(OuterRef("scope_uuid"))).values("path")[:1]
_LIES_THERE = (
    Q(organization__path__startswith=Subquery(_SCOPE_PATH))
    | Q(organization__region__uuid=OuterRef("scope_uuid"))
    | Q(organization__region__parent__uuid=OuterRef("scope_uuid"))
)
"""Condition on JobAssignment within a query of grants: its unit lies in the grant's organization, county or city."""


def organizations_under(place: Organization | Region) -> QuerySet[Organization]:
    """Organizations in the place: those of a region and of every region inside it, or a unit and all units below."""
    if isinstance(place, Region):
        return Organization.objects.filter(region__code__startswith=place.code_prefix)
    return Organization.objects.filter(path__startswith=place.path)


def places_condition(scopes: Iterable[Scope]) -> Q:
    """Condition on Organization: it lies in one of the scopes. At most two queries, however many scopes."""
    wanted = list(scopes)
    condition = NOTHING
    region_uuids = [s.uuid for s in wanted if s.kind in (ScopeKind.PROVINCE, ScopeKind.REGION)]
    for region in Region.objects.filter(uuid__in=region_uuids) if region_uuids else ():
        condition |= Q(region__code__startswith=region.code_prefix)
    unit_uuids = [s.uuid for s in wanted if s.kind == ScopeKind.ORGANIZATION]
    for organization in Organization.objects.filter(uuid__in=unit_uuids) if unit_uuids else ():
        condition |= Q(path__startswith=organization.path)
    return condition


def access_organizations_for(
    user: User | AnonymousUser, on: date, roles: Iterable[str] = VIEWING_ROLES
) -> QuerySet[Organization]:
    """Organizations in the scopes in which the user is personnel officer, auditor or administrator."""
    return Organization.objects.filter(places_condition(scopes_of(user, *roles, on=on)))


def people_of(organizations: QuerySet[Organization], on: date) -> QuerySet[User]:
    """People whose current primary post is in one of the organizations."""
    posts = JobAssignment.objects.current(on).filter(
        user=OuterRef("pk"), is_primary=True, organization__in=organizations.values("pk")
    )
    return User.objects.filter(Exists(posts))


def access_people_for(user: User | AnonymousUser, on: date) -> QuerySet[User]:
    """People whose current primary post lies in a scope in which the user is hr, auditor or administrator."""
    return people_of(access_organizations_for(user, on), on)


def managed_people_for(user: User | AnonymousUser, on: date) -> QuerySet[User]:
    """People whose accounts the user looks after: in reach as hr or administrator.

    Who has no post yet is looked after where the first one begins. Other people without a current post belong to
    administrators of the province; otherwise nobody could help them.
    """
    units = access_organizations_for(user, on, MANAGING_ROLES)
    own = {"user": OuterRef("pk"), "is_primary": True}
    has_one = Exists(JobAssignment.objects.current(on).filter(**own))
    ahead = Exists(JobAssignment.objects.filter(**own, start_date__gt=on, organization__in=units.values("pk")))
    people = people_of(units, on) | User.objects.filter(~has_one, ahead)
    if not any(scope.kind == ScopeKind.PROVINCE for scope in scopes_of(user, Role.ADMINISTRATOR, on=on)):
        return people
    return people | User.objects.filter(~has_one)


def administrators(on: date) -> QuerySet[User]:
    """People who administer a whole province on the day."""
    grants = RoleGrant.objects.in_force(on).filter(role=Role.ADMINISTRATOR, scope_kind=ScopeKind.PROVINCE)
    return User.objects.filter(pk__in=grants.values("user")).order_by("username")


def posts_of(user: User, on: date) -> QuerySet[JobAssignment]:
    """Return current posts of a person, the primary one first."""
    current = JobAssignment.objects.current(on).filter(user=user)
    return current.select_related("organization__region", "position").order_by("-is_primary", "start_date", "pk")


def post_history(user: User) -> QuerySet[JobAssignment]:
    """Every post of a person, planned, present and past, the newest first."""
    posts = JobAssignment.objects.filter(user=user).select_related("organization__region", "position")
    return posts.order_by("-start_date", "-pk")


def newest_post(user: User) -> JobAssignment | None:
    """Return the primary post that begins last, which may lie ahead."""
    return post_history(user).filter(is_primary=True).first()


def post_before(job: JobAssignment) -> JobAssignment | None:
    """Return the primary post that ended on the eve of this one, for its sake."""
    eve = job.start_date - timedelta(days=1)
    return post_history(job.user).filter(is_primary=True, end_date=eve).exclude(pk=job.pk).first()


def learner_grants_left_behind(
    user: User, unit: Organization, mistaken: Organization | None = None
) -> QuerySet[RoleGrant]:
    """Return the learner's role of the person where a former post was, or one named by mistake,
    and the present one is not.

    A role of a county or city that holds the present unit too stays as it is.
    """
    left = JobAssignment.objects.filter(user=user, is_primary=True, end_date__isnull=False).exclude(organization=unit)
    uuids = set(left.values_list("organization__uuid", flat=True)) | ({mistaken.uuid} if mistaken else set())
    former = {scope for one in uuids for scope in enclosing_scopes(ScopeKind.ORGANIZATION.value, one)}
    places = NOTHING
    for scope in former - set(enclosing_scopes(ScopeKind.ORGANIZATION.value, unit.uuid)):
        places |= Q(scope_kind=scope.kind, scope_uuid=scope.uuid)
    held = RoleGrant.objects.filter(user=user, role=Role.LEARNER, scope_kind__in=MOVING_SCOPES)
    return held.filter(places, revoked_at__isnull=True).order_by("pk")


def people_whose_role_stayed_behind(on: date) -> list[User]:
    """People in a post since a day up to `on` whose learner's role still names a unit that they left."""
    present = JobAssignment.objects.current(on).filter(user=OuterRef("user"), is_primary=True)
    left = JobAssignment.objects.filter(user=OuterRef("user"), is_primary=True, end_date__lt=on)
    grants = RoleGrant.objects.in_force(on).filter(role=Role.LEARNER, scope_kind__in=MOVING_SCOPES)
    behind = grants.filter(Exists(present), Exists(left.filter(_LIES_THERE)), ~Exists(present.filter(_LIES_THERE)))
    return list(User.objects.filter(pk__in=behind.values("user")).order_by("pk"))


def selectable_regions(
    user: User | AnonymousUser, on: date, roles: Iterable[str] = (Role.ADMINISTRATOR.value,)
) -> QuerySet[Region]:
    """Regions inside the places in which the user holds one of the roles, without pseudo-rows."""
    scopes = scopes_of(user, *roles, on=on)
    uuids = [scope.uuid for scope in scopes if scope.kind in (ScopeKind.PROVINCE, ScopeKind.REGION)]
    condition = NOTHING
    for region in Region.objects.filter(uuid__in=uuids):
        condition |= Q(code__startswith=region.code_prefix)
    return Region.objects.filter(condition, is_selectable=True).order_by("code")
