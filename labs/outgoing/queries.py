"""Reading outgoing files: one's own, and those of the datasets that somebody looks after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from labs.datasets.models import Dataset, DatasetVersion, MountLog
from labs.datasets.permissions import DESK, LOOKING, in_reach
from labs.datasets.reaching import versions_of
from portal.users.models import RoleGrant, ScopeKind, User
from portal.users.rights import scopes_of

from .models import STRICTNESS, OutgoingFile, OutgoingRule, Rule


def rule_of(dataset: Dataset) -> OutgoingRule | None:
    """Return the rule that an office set; None means scanned."""
    return OutgoingRule.objects.filter(dataset=dataset, next__isnull=True).select_related("by").first()


def rules_of(datasets: Iterable[int]) -> dict[int, Rule]:
    """Rules in force by dataset; those without one are scanned."""
    set_rules = OutgoingRule.objects.filter(dataset__in=list(datasets), next__isnull=True)
    return {dataset: Rule(rule) for dataset, rule in set_rules.values_list("dataset", "rule")}


def strictest_rule(datasets: Iterable[int]) -> Rule:
    """Return the rule for a lab that can read these datasets; one that reads none is scanned."""
    wanted = set(datasets)
    rules = rules_of(wanted)
    return max(
        (rules.get(dataset, Rule.SCANNED) for dataset in wanted), key=STRICTNESS.__getitem__, default=Rule.SCANNED
    )


def versions_read_by(user: User, on: date) -> list[DatasetVersion]:
    """Versions that lie before the person's lab, or ever did: a copy may be in the home."""
    now = versions_of([user.pk], on)[user.pk]
    once = MountLog.objects.filter(user=user).values_list("version", flat=True).distinct()
    wanted = DatasetVersion.objects.filter(pk__in={*now, *once})
    return list(wanted.select_related("dataset").order_by("pk"))


def access_outgoing_for(user: User | AnonymousUser, on: date) -> QuerySet[OutgoingFile]:
    """One's own files, and those of labs that could read a dataset which one looks after or looks at as auditor."""
    files = OutgoingFile.objects.select_related("user", "request", "decision__by", "removal")
    if user.pk is None:
        return files.none()
    return files.filter(Q(user_id=user.pk) | _in_reach(user, LOOKING, on)).order_by("-at", "-pk")


def decidable_by(user: User | AnonymousUser, on: date) -> QuerySet[OutgoingFile]:
    """Files on which the person may decide: not one's own, and every dataset concerned is in one's reach."""
    if user.pk is None:
        return OutgoingFile.objects.none()
    reach = Dataset.objects.filter(in_reach(user, DESK, on)).values("pk")
    elsewhere = OutgoingFile.datasets.through.objects.filter(outgoingfile=OuterRef("pk")).exclude(dataset__in=reach)
    files = OutgoingFile.objects.filter(_in_reach(user, DESK, on), passed=False).exclude(user_id=user.pk)
    return files.filter(~Exists(elsewhere)).select_related("user", "request", "decision__by", "removal")


def waiting_for(user: User | AnonymousUser, on: date) -> QuerySet[OutgoingFile]:
    """Files that wait for this person's decision, the longest waiting first."""
    waiting = decidable_by(user, on).filter(request__isnull=False, decision__isnull=True, removal__isnull=True)
    return waiting.order_by("request__at", "pk")


def reviewers_of(file: OutgoingFile, on: date) -> list[User]:
    """People who may decide on the file."""
    grants = RoleGrant.objects.in_force(on).filter(role__in=DESK)
    people = User.objects.filter(pk__in=grants.values("user")).exclude(pk=file.user_id).order_by("pk")
    return [person for person in people if decidable_by(person, on).filter(pk=file.pk).exists()]


def left_with(dataset: Dataset) -> QuerySet[OutgoingFile]:
    """Files that left labs which could read the dataset, the newest first."""
    gone = Q(passed=True) | Q(decision__granted=True)
    return OutgoingFile.objects.filter(gone, datasets=dataset).select_related("user", "decision__by").order_by("-at")


def answers_for(user: User) -> dict[str, int]:
    """Return how many of the person's held files wait to be asked for, for a reviewer, and to be fetched."""
    held = OutgoingFile.objects.filter(user=user, passed=False, removal__isnull=True)
    return held.aggregate(
        held=Count("pk", filter=Q(request__isnull=True, decision__isnull=True)),
        waiting=Count("pk", filter=Q(request__isnull=False, decision__isnull=True)),
        granted=Count("pk", filter=Q(decision__granted=True)),
        refused=Count("pk", filter=Q(decision__granted=False)),
    )


def _in_reach(user: User | AnonymousUser, roles: Iterable[str], on: date) -> Q:
    roles = tuple(roles)
    concerned = OutgoingFile.datasets.through.objects.filter(
        outgoingfile=OuterRef("pk"), dataset__in=Dataset.objects.filter(in_reach(user, roles, on)).values("pk")
    )
    condition = Q(Exists(concerned))
    if any(scope.kind == ScopeKind.PROVINCE for scope in scopes_of(user, *roles, on=on)):
        # A lab that read no dataset belongs to nobody's office but the province's.
        condition |= ~Q(Exists(OutgoingFile.datasets.through.objects.filter(outgoingfile=OuterRef("pk"))))
    return condition
