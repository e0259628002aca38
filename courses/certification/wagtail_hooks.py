"""What certification adds to other screens: the newest certificates on 我的学习, certifications for administrators."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from courses.catalog.models import CoursePage
from courses.learning.models import CourseCompletion
from portal.knowledge.queries import clauses_behind
from portal.queue.models import WorkStatus

from .clause_targets import KIND
from .forms import CertificationForm
from .models import Certification, IssueRequest
from .queries import certifications_of, current_awards_of, own_awards, standing

SHOWN = 4
OPEN = (WorkStatus.QUEUED, WorkStatus.RUNNING)


@hooks.register("chengxue_dashboard_panels", order=30)
def certificates_panel(request: HttpRequest) -> str:
    """Return the reader's newest certificates, each with its status."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    today = timezone.localdate()
    context = {"standings": [standing(award, today) for award in own_awards(user)[:SHOWN]]}
    return render_to_string("certification/_dashboard.html", context, request)


@hooks.register("chengxue_finish_parts", order=30)
def finished_certificates(request: HttpRequest, completion: CourseCompletion) -> str:
    """Return what a completed course brings in certificates, on the page where it was finished;
    renewed while one is made."""
    today = timezone.localdate()
    held = {award.certification_id: standing(award, today) for award in current_awards_of(completion)}
    rows = [(one, held.get(one.pk)) for one in certifications_of(completion)]
    is_waiting = IssueRequest.objects.filter(completion=completion, status__in=OPEN).exists()
    context = {"rows": rows, "is_pending": is_waiting}
    return render_to_string("certification/_finish.html", context, request)


@hooks.register("chengxue_course_panels", order=30)
def leads_to_panel(request: HttpRequest, page: CoursePage) -> str:
    """Return whether the course leads to a certificate, and to which."""
    context = {"certifications": list(page.course.certifications.order_by("pk"))}
    return render_to_string("certification/_leads_to.html", context, request)


@hooks.register("chengxue_course_panels", order=40)
def clauses_panel(request: HttpRequest, page: CoursePage) -> str:
    """Return the clauses that the certifications of a course rest on, for learners; a visitor's page stays light."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    uuids = page.course.certifications.values_list("uuid", flat=True)
    context = {"clauses": clauses_behind(KIND, uuids)}
    return render_to_string("certification/_clauses.html", context, request) if context["clauses"] else ""


class CertificationViewSet(SnippetViewSet):
    """Certifications on the authors' screens."""

    model = Certification
    icon = "check"
    menu_label = _("Certifications")
    add_to_admin_menu = True
    list_display = ["code", "name", "course", "issuer", "validity_months"]
    ordering = ["code"]
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("code", "name", "name_en", "course", "program", "issuer", "validity_months")],
        base_form_class=CertificationForm,
    )


register_snippet(CertificationViewSet)
