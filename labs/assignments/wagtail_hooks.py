"""The way to labs in the navigation of those who teach; the labs on the page of the partner responsible for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from courses.catalog.models import CoursePage
from courses.partners.models import PartnerPage
from portal.users.rights import roles_of_reader

from .models import lab_path
from .permissions import TEACHING_ROLES
from .queries import access_assignments_for, assigned_labs, labs_of_partner


@hooks.register("chengxue_course_panels", order=20)
def course_labs(request: HttpRequest, page: CoursePage) -> str:
    """Return the labs of a course by name; who has a place in a run that sets one finds the way to it."""
    user = getattr(request, "user", None)
    labs = list(assigned_labs().filter(course=page.course).order_by("title", "pk"))
    if user is None or not labs:
        return ""
    own = access_assignments_for(user).filter(lab__in=labs, withdrawn_at__isnull=True).order_by("due_at", "pk")
    ways = {row.lab_id: lab_path(row.uuid) for row in own}
    context = {"labs": [(lab, ways.get(lab.pk, "")) for lab in labs]}
    return render_to_string("assignments/_course_labs.html", context, request)


@hooks.register("chengxue_navigation", order=30)
def teaching_item(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the labs, for instructors, authors and administrators."""
    if not roles_of_reader(request) & set(TEACHING_ROLES):
        return []
    grading = ("desk", "submissions", "books", "regrades", "appeals")
    below = reverse("grading:desk").removesuffix("desk/")
    insight = (f"{below}{name}/" for name in ("analysis", "similarity", "questions", "comments"))
    desks = (reverse("assignments:labs"), *(reverse(f"grading:{name}") for name in grading), *insight)
    return [{"label": _("Teaching labs"), "url": desks[0], "current": request.path.startswith(desks), "is_work": True}]


@hooks.register("chengxue_partner_sections", order=20)
def labs_section(request: HttpRequest, page: PartnerPage) -> str:
    """Return the labs that a partner is responsible for."""
    labs = labs_of_partner(page.partner, page.locale.language_code)
    return render_to_string("assignments/_partner_labs.html", {"labs": labs}, request) if labs else ""
