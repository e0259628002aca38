"""Forms of accounts, posts, grants and units; the rules are in the actions."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.users.login_names import check_login_name
from portal.users.models import Role, ScopeKind, User
from portal.users.queries import has_role
from portal.users.scopes import Scope, offered_scopes
from portal.writing import OLDER, check_writable, code_form, name_form

from .models import Organization, OrganizationKind, Position, Region
from .queries import MANAGING_ROLES, access_organizations_for, selectable_regions
from .scopes import scope_of_region


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class NameField(forms.CharField):
    """A name, kept in one form however it was typed."""

    def to_python(self, value: Any) -> str:
        """The name as it is kept. Raises ValidationError for marks that turn the order of reading."""
        typed = (super().to_python(value) or "").translate(OLDER)
        check_writable(typed)
        return name_form(typed)


class PostForm(forms.Form):
    """A post in a unit within reach."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Organization"))
    position = forms.ModelChoiceField(Position.objects.order_by("code"), label=_("Position"))
    start_date = forms.DateField(label=_("First day"), widget=DateInput())

    def __init__(self, *args: Any, by: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = access_organizations_for(by, today, MANAGING_ROLES).order_by("path")
        organization = self.fields["organization"]
        assert isinstance(organization, forms.ModelChoiceField)
        organization.queryset = reach
        self.fields["start_date"].initial = today


class AccountForm(PostForm):
    """A new account: login name, name, post."""

    username = forms.CharField(
        label=_("Login name"),
        max_length=40,
        help_text=_("Staff number with a letter in front, or a chosen code. Never an ID-card or phone number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = NameField(
        label=pgettext_lazy("person", "Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)

    field_order = ("username", "name", "organization", "position", "start_date", "email")

    def clean_username(self) -> str:
        """Raises ValidationError for a name that says who the person is."""
        username = code_form(str(self.cleaned_data["username"]))
        check_login_name(username)
        return username


class GrantForm(forms.Form):
    """A role, where it reaches and for how long."""

    role = forms.ChoiceField(label=_("Role"))
    scope = forms.ChoiceField(label=_("Reaches"))
    start_date = forms.DateField(label=_("First day"), widget=DateInput())
    end_date = forms.DateField(label=_("Last day"), required=False, widget=DateInput())
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def __init__(self, *args: Any, by: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_administrator = has_role(by, Role.ADMINISTRATOR, on=today)
        role, scope = self.fields["role"], self.fields["scope"]
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(scope, forms.ChoiceField)
        role.choices = list(Role.choices) if is_administrator else [(Role.LEARNER.value, Role.LEARNER.label)]
        scope.choices = scope_choices(by, today)
        self.fields["start_date"].initial = today

    def clean_scope(self) -> Scope:
        """The chosen scope as a value."""
        kind, _sign, written = str(self.cleaned_data["scope"]).partition(":")
        try:
            return Scope(ScopeKind(kind).value, uuid.UUID(written))
        except ValueError as error:
            raise ValidationError(_("Choose one of the list.")) from error

    def clean(self) -> dict[str, Any]:
        """The last day must not lie before the first."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("start_date"), cleaned.get("end_date")
        if first and last and last < first:
            self.add_error("end_date", _("The last day lies before the first."))
        return cleaned


class OrganizationForm(forms.Form):
    """A new unit."""

    name = NameField(label=_("Name of the unit"), max_length=120)
    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Short and lasting, such as CA-SJJ."))
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganizationKind.choices)
    region = forms.ModelChoiceField(Region.objects.none(), label=_("Region"))
    parent = forms.ModelChoiceField(Organization.objects.none(), label=_("Part of"), required=False)

    def __init__(self, *args: Any, by: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region, parent = self.fields["region"], self.fields["parent"]
        assert isinstance(region, forms.ModelChoiceField)
        assert isinstance(parent, forms.ModelChoiceField)
        region.queryset = selectable_regions(by, today)
        parent.queryset = access_organizations_for(by, today, [Role.ADMINISTRATOR.value]).order_by("path")


def scope_choices(by: User, today: date) -> list[tuple[Any, Any]]:
    """Scopes that `by` may choose, grouped by kind; the action checks again."""
    reach = access_organizations_for(by, today, MANAGING_ROLES).order_by("path")
    regions = selectable_regions(by, today, MANAGING_ROLES)
    groups: list[tuple[Any, Any]] = [
        ("", "—"),
        (_("Regions"), [(_value(scope_of_region(region)), region.name) for region in regions]),
        (_("Organizations"), [(_value(Scope("organization", unit.uuid)), unit.name) for unit in reach]),
    ]
    if has_role(by, Role.ADMINISTRATOR, on=today):
        for kind, rows in offered_scopes().items():
            label = ScopeKind(kind).label
            groups.append((label, [(_value(Scope(kind, scope_uuid)), name) for scope_uuid, name in rows]))
    return [group for group in groups if group[1]]


def _value(scope: Scope) -> str:
    return f"{scope.kind}:{scope.uuid}"
