"""What a new text does to everything that quotes the old one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from portal.audit.actions import record
from portal.knowledge.models import LinkState, PolicyExpression, PolicyWork, Provision, ProvisionLink, ReviewTask
from portal.knowledge.models.links import ChangeKind
from portal.knowledge.parsing.alignment import Change, align
from portal.knowledge.registry import TargetRef, kind_label, resolve_targets, touch_target
from portal.notifications.actions import notify
from portal.users.models import Role, User
from portal.users.rights import has_role

NOTICE = "knowledge.review"


def follow_text(*, before: PolicyExpression, after: PolicyExpression, at: datetime) -> list[ReviewTask]:
    """Lead the links of the old text over to the new one, in the caller's transaction.

    Unchanged and moved clauses are followed silently; a link whose clause changed or is gone turns stale and its owners
    get a task.
    """
    links = list(ProvisionLink.objects.shown().filter(standing__expression=before).select_related("standing"))
    if not links:
        return []
    partners: dict[int, tuple[Change, Provision | None]] = {}
    for kind in {link.standing.kind for link in links if link.standing}:
        pairs = align(_comparable(before, kind), _comparable(after, kind))
        partners |= {pair.before.pk: (pair.change, pair.after) for pair in pairs if pair.before is not None}
    tasks = []
    for link in links:
        change, twin = partners.get(link.standing_id or 0, (Change.REPEALED, None))
        link.standing = twin
        link.save(update_fields=["standing"])
        if change in (Change.CHANGED, Change.REPEALED):
            kind_of_change = ChangeKind.CHANGED if change == Change.CHANGED else ChangeKind.REPEALED
            tasks.append(_open_task(link, after, kind_of_change, at))
    return tasks


def standing_of(provision: Provision) -> Provision | None:
    """Return where a clause of whatever text stands in the newest one; nothing where it is gone."""
    quoted = provision.expression
    newest = quoted.work.expressions.in_order().last()
    if newest is None or newest == quoted:
        return provision
    pairs = align(_comparable(quoted, provision.kind), _comparable(newest, provision.kind))
    return next((pair.after for pair in pairs if pair.before == provision), None)


def follow_repeal(*, work: PolicyWork, by_text: PolicyExpression, at: datetime) -> list[ReviewTask]:
    """Turn every link to a policy stale that another one repealed, in the caller's transaction."""
    links = ProvisionLink.objects.shown().filter(provision__expression__work=work)
    return [_open_task(link, by_text, ChangeKind.REPEALED, at) for link in links.exclude(reviews__expression=by_text)]


def _comparable(expression: PolicyExpression, kind: str) -> list[Provision]:
    """Provisions of a kind; an article of one paragraph stands for that paragraph too."""
    rows = expression.provisions.exclude(text="").order_by("order")
    own = list(rows.filter(kind=kind))
    if kind == "paragraph":
        own += list(rows.filter(kind="article", children__isnull=True))
    return own


def _open_task(link: ProvisionLink, after: PolicyExpression, change: str, at: datetime) -> ReviewTask:
    since = after.effective_date or after.version_date or timezone.localdate(at)
    if not link.is_stale:
        link.state, link.stale_at, link.stale_since_date = LinkState.STALE, at, since
        link.save(update_fields=["state", "stale_at", "stale_since_date"])
    task = ReviewTask.objects.create(link=link, expression=after, change=change, opened_at=at)
    ref = target_of(link)
    card = resolve_targets([ref], None, "zh-hans").get(ref)
    owners = owners_of(card.owner_ids if card else (), at)
    task.owners.set(owners)
    record(by=None, at=at, event="knowledge.review_opened", target=task, details={"link": str(link.uuid)})
    quoted = link.provision
    params = {
        "policy": quoted.expression.work.title,
        "clause": quoted.number,
        "item": card.title if card else kind_label(link.target_kind),
    }
    for owner in owners:
        notify(user=owner, kind=NOTICE, params=params, url=f"/policies/reviews/{task.uuid}/", at=at)
    touch_target(ref, at)
    return task


def target_of(link: ProvisionLink) -> TargetRef:
    """Return the item that a link leads to."""
    return TargetRef(link.target_kind, link.target_uuid, link.target_part)


def owners_of(owner_ids: Iterable[int], at: datetime) -> list[User]:
    """Active owners; where an item has none, those who look after policies."""
    owners = list(User.objects.filter(pk__in=list(owner_ids), is_active=True).order_by("pk"))
    if owners:
        return owners
    on = timezone.localdate(at)
    editors = User.objects.filter(grants__role=Role.POLICY_EDITOR, is_active=True).distinct().order_by("pk")
    return [editor for editor in editors if has_role(editor, Role.POLICY_EDITOR, on=on)]
