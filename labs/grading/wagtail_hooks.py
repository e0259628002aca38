"""What grading adds to other screens: own labs on 我的学习, the way to submissions for instructors."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from wagtail import hooks

from labs.assignments.queries import access_assignments_for

from .queries import states_for
from .wording import standing_tag


@hooks.register("chengxue_dashboard_panels", order=20)
def labs_panel(request: HttpRequest) -> str:
    """The reader's labs, each with state and deadline."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    states = states_for(user, access_assignments_for(user), timezone.now())
    context = {"labs": [(state, standing_tag(state)) for state in states]}
    return render_to_string("grading/_dashboard.html", context, request)
