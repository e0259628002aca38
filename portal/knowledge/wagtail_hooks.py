"""What policies add to other screens: a place in the navigation, a section on the front page, screens for editors."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.models import register_snippet

from portal.pages.queries import NavigationItem, Waiting
from portal.users.permissions import signed_in
from portal.users.rights import has_role

from .authoring import PolicyGroup, ProvisionLinkViewSet, clause_chooser
from .permissions import REVIEWERS, access_reviews_for, can_edit

register_snippet(PolicyGroup)


@hooks.register("register_admin_viewset")
def screens() -> list[ViewSet]:
    """Links and the chooser of clauses."""
    links = ProvisionLinkViewSet("clause_link", add_to_admin_menu=True, menu_order=175)
    return [links, clause_chooser]


@hooks.register("chengxue_navigation", order=5)
def to_policies(request: HttpRequest) -> list[NavigationItem]:
    """Return the list of policies, for everybody."""
    return [NavigationItem(_("Policies"), reverse("knowledge:policies"))]


class _EditorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        """For those who look after policies."""
        return can_edit(request.user, timezone.localdate())


@hooks.register("register_admin_menu_item")
def import_item() -> MenuItem:
    """Return the way to taking a text in."""
    return _EditorsItem(_("Take a text in"), reverse("knowledge:import"), icon_name="upload", order=171)


@hooks.register("register_admin_menu_item")
def reviews_item() -> MenuItem:
    """Return the way to the reviews."""
    return _EditorsItem(_("Reviews"), reverse("knowledge:reviews"), icon_name="clipboard-list", order=172)


@hooks.register("chengxue_waiting", order=50)
def reviews_to_decide(request: HttpRequest) -> list[Waiting]:
    """Links whose clause changed and that this reader may decide."""
    user, today = signed_in(request), timezone.localdate()
    if not has_role(user, *REVIEWERS, on=today):
        return []
    count = access_reviews_for(user, today).filter(decision="").distinct().count()
    return [Waiting(_("Clause changes to review"), count, reverse("knowledge:reviews"))]
