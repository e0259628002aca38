"""Partners and programs on the authors' screens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from portal.users.models import User

from . import actions
from .authoring import OwnRowsViewSet
from .forms import PartnerForm, ProgramForm
from .models import Partner, PartnerProgram


def create_partner(*, fields: Mapping[str, Any], by: User, at: datetime) -> Partner:
    """Make a partner from a form."""
    required = {name: fields[name] for name in ("code", "organization", "name")}
    texts = {name: value for name, value in fields.items() if name not in required}
    return actions.create_partner(**required, texts=texts, by=by, at=at)


def change_partner(row: Partner, *, fields: Mapping[str, Any], by: User, at: datetime) -> Partner:
    """Change a partner from a form."""
    return actions.change_partner(partner=row, fields=fields, by=by, at=at)


def create_program(*, fields: Mapping[str, Any], by: User, at: datetime) -> PartnerProgram:
    """Make a program from a form."""
    terms = actions.ProgramTerms(**{name: value for name, value in fields.items() if name not in ("partner", "code")})
    return actions.create_program(partner=fields["partner"], code=fields["code"], terms=terms, by=by, at=at)


def change_program(row: PartnerProgram, *, fields: Mapping[str, Any], by: User, at: datetime) -> PartnerProgram:
    """Change a program's terms from a form."""
    names = actions.ProgramTerms.__dataclass_fields__
    # The form has put the new values on the row already; the action reads the old ones from the table.
    terms = actions.ProgramTerms(**{name: getattr(row, name) for name in names})
    return actions.change_program(program=row, terms=terms, by=by, at=at)


class PartnerViewSet(OwnRowsViewSet):
    """Partners."""

    model = Partner
    icon = "group"
    menu_label = _("Partners")
    form_class = PartnerForm
    list_display = ["name", "code"]
    create = create_partner
    change = change_partner
    add_to_admin_menu = True
    menu_order = 170


class ProgramViewSet(OwnRowsViewSet):
    """Programs."""

    model = PartnerProgram
    icon = "doc-full-inverse"
    menu_label = _("Programs")
    form_class = ProgramForm
    list_display = ["name", "code", "partner", "start_date", "end_date"]
    create = create_program
    change = change_program
    add_to_admin_menu = True
    menu_order = 180


@hooks.register("register_admin_viewset")
def screens() -> list[ViewSet]:
    """Screens for administrators."""
    return [PartnerViewSet("partner"), ProgramViewSet("program")]
