"""The authors' screens: films in pieces, our own mark, what authors may not do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.documents.models import AbstractDocument
from wagtail.models import TaskState

from portal.audit.spreadsheet import safe_cell
from portal.queue.models import RunningProcess
from portal.queue.processes import SEEN_WITHIN
from portal.users.models import Role
from portal.users.rights import has_role

from .blocks import FILM_EXTENSIONS
from .queries import NavigationItem, Waiting
from .ranges import Envelope, ranged_response

HIDDEN_ITEMS = {"users", "groups", "help"}
"""Accounts and groups follow from role grants; the help item leads to another site."""

# Wagtail guards the workbooks that it exports against formulas, but not the CSV files. `object`: whatever else it knows.
SpreadsheetExportMixin.custom_value_preprocess[object] = {SpreadsheetExportMixin.FORMAT_CSV: safe_cell}


@hooks.register("before_serve_document", order=10)
def serve_film(document: AbstractDocument, request: HttpRequest) -> HttpResponse | None:
    """Serve films in the pieces that players ask for; Wagtail's own check of the reader came before.

    Wagtail's view drops whatever is no plain HttpResponse, as an answer that streams is: such a one is handed over
    in an envelope, which `views.document` opens.
    """
    if document.file_extension.lower() not in FILM_EXTENSIONS:
        return None
    return Envelope(ranged_response(request, document.file.open("rb"), document.content_type))


@hooks.register("construct_settings_menu")
@hooks.register("construct_main_menu")
@hooks.register("construct_help_menu")
def hide_items(request: HttpRequest, items: list[Any]) -> None:
    """Leave out what is not done here."""
    items[:] = [item for item in items if item.name not in HIDDEN_ITEMS]


@hooks.register("insert_global_admin_css")
def admin_style() -> SafeString:
    """Our colors on the authors' screens."""
    return format_html('<link rel="stylesheet" href="{}">', static("pages/admin.css"))


@hooks.register("chengxue_waiting", order=90)
def pages_to_moderate(request: HttpRequest) -> list[Waiting]:
    """Pages that wait for this reader's decision."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        return []
    count = TaskState.objects.reviewable_by(request.user).count()
    return [Waiting(_("Pages to review"), count, reverse("wagtailadmin_home"))]


@hooks.register("chengxue_navigation", order=90)
def authoring_item(request: HttpRequest) -> list[NavigationItem]:
    """Return the way to the authors' screens, for authors."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.has_perm("wagtailadmin.access_admin"):
        return []
    return [NavigationItem(_("Authoring"), reverse("wagtailadmin_home"), is_work=True)]


@hooks.register("chengxue_waiting", order=95)
def silent_processes(request: HttpRequest) -> list[Waiting]:
    """Return the way to the machines and queues, for administrators: how many processes have fallen silent."""
    if not has_role(request.user, Role.ADMINISTRATOR, on=timezone.localdate()):
        return []
    silent = RunningProcess.objects.filter(seen_at__lt=timezone.now() - SEEN_WITHIN).count()
    return [Waiting(_("Machines and queues: processes not seen lately"), silent, reverse("portal:machines"))]
