"""What grading adds to other screens: own labs on 我的学习, the way to submissions for instructors."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from labs.assignments.permissions import TEACHING_ROLES
from labs.assignments.queries import access_assignments_for
from portal.pages.queries import Waiting
from portal.users.permissions import signed_in
from portal.users.rights import has_role

from .adjustments import adjustments_to_decide
from .queries import states_for
from .queries.waiting import Asked, counts_for
from .wording import standing_tag


@hooks.register("chengxue_dashboard_panels", order=20)
def labs_panel(request: HttpRequest) -> str:
    """Return the reader's labs, each with state and deadline."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    states = states_for(user, access_assignments_for(user), timezone.now())
    context = {"labs": [(state, standing_tag(state)) for state in states]}
    return render_to_string("grading/_dashboard.html", context, request)


@hooks.register("chengxue_waiting", order=30)
def submissions_to_look_at(request: HttpRequest) -> list[Waiting]:
    """Return what waits for a teacher's eye, by reason; the queue is narrowed to it."""
    user, today = signed_in(request), timezone.localdate()
    if not has_role(user, *TEACHING_ROLES, on=today):
        return []
    counts, desk = counts_for(user, today, Asked()), reverse("grading:desk")
    labels = {
        "manual": _("Submissions to mark"),
        "appeal": _("Appeals to answer"),
        "failed": _("Submissions that could not be graded"),
    }
    found = [Waiting(label, counts[kind], f"{desk}?kind={kind}") for kind, label in labels.items()]
    proposed = len(adjustments_to_decide(user, today))
    return [*found, Waiting(_("Proposed points to decide"), proposed, reverse("grading:adjustments"))]
