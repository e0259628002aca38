"""Forms of accounts, posts, grants and units; the rules are in the actions."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.users.login_names import check_login_name
from portal.users.models import Role, User
from portal.users.rights import has_role
from portal.users.scopes import Scope, fits, offered_scopes, scope_kind_name
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
        """Return the name as it is kept. Raises ValidationError for marks that turn the order of reading."""
        typed = (super().to_python(value) or "").translate(OLDER)
        check_writable(typed)
        return name_form(typed)


LONGEST_AHEAD = timedelta(days=366)


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
        self.today = today

    def clean_start_date(self) -> date:
        """Raise ValidationError for a day so far ahead that it was mistyped."""
        day: date = self.cleaned_data["start_date"]
        if day > self.today + LONGEST_AHEAD:
            raise forms.ValidationError(_("A post begins within a year from today. Look at the year of this date."))
        return day


class PlaceOfWorkForm(forms.Form):
    """Where the holder of a post is found; shown to those who look for their personnel officer or instructor."""

    room = forms.CharField(
        label=_("Room"), max_length=60, required=False, help_text=_("Building and number, such as 2号楼305室.")
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=_("Office number with area code; no private one."),
    )


class CorrectPostForm(PostForm):
    """The newest post as it ought to be, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Kept in the audit."))


class AskTransferForm(forms.Form):
    """A transfer that another place has to agree to: a person known by login name and name, and where to."""

    username = forms.CharField(  # longer than a name: full-width letters and blanks are put right first
        label=_("Login name"), max_length=80, widget=forms.TextInput(attrs={"spellcheck": "false"})
    )
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    organization = forms.ModelChoiceField(
        Organization.objects.order_by("region__code", "path"), label=_("Organization that takes the person on")
    )
    position = forms.ModelChoiceField(Position.objects.order_by("code"), label=_("Position"))
    start_date = forms.DateField(label=_("First day"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The other side reads it."))


class AcceptForm(forms.Form):
    """From which day on the person is transferred; the side that accepts may choose another one than was asked for."""

    start_date = forms.DateField(label=_("First day"), widget=DateInput(), required=False)


class UndoForm(forms.Form):
    """Why a transfer that has begun never should have been made."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Kept in the audit."))


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
        """Raise ValidationError for a name that says who the person is."""
        username = code_form(str(self.cleaned_data["username"]))
        check_login_name(username)
        return username


class IdentityForm(forms.Form):
    """What a person is called, to be corrected; the action checks again."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    username = forms.CharField(
        label=_("Login name"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.CharField(
        label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For example: changed at the police, mistyped. Kept in the audit."),
    )


class GrantForm(forms.Form):
    """Where a role that was chosen before reaches, and for how long. Only places that fit the role are offered."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.HiddenInput())
    scope = forms.ChoiceField(label=_("Reaches"), widget=forms.RadioSelect())
    start_date = forms.DateField(label=_("First day"), widget=DateInput())
    end_date = forms.DateField(label=_("Last day"), required=False, widget=DateInput())
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def __init__(self, *args: Any, by: User, today: date, role: str = "", find: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen, scope = self.fields["role"], self.fields["scope"]
        assert isinstance(chosen, forms.ChoiceField)
        assert isinstance(scope, forms.ChoiceField)
        chosen.choices = grantable_roles(by, today)
        chosen.initial = role
        fitting = scope_choices(by, today, role) if role in dict(chosen.choices) else []
        scope.choices = fitting
        chosen_scope = str(self.data.get("scope") or self.initial.get("scope") or "")
        scope.widget.choices = self.shown = _matching(fitting, find, chosen_scope)
        self.left_out = _count(_named(fitting, find)) - _count(_named(self.shown, find))
        self.fields["start_date"].initial = today

    def clean_scope(self) -> Scope:
        """Return the chosen scope as a value."""
        kind, _sign, written = str(self.cleaned_data["scope"]).partition(":")
        try:
            return Scope(kind, uuid.UUID(written))
        except ValueError as error:
            raise ValidationError(_("Choose one of the list.")) from error

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first."""
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


def grantable_roles(by: User, today: date) -> list[tuple[str, str]]:
    """Roles that `by` may give."""
    if has_role(by, Role.ADMINISTRATOR, on=today):
        return [(role.value, str(role.label)) for role in Role]
    return [(Role.LEARNER.value, str(Role.LEARNER.label))]


def scope_choices(by: User, today: date, role: str) -> list[tuple[Any, Any]]:
    """Scopes that `by` may choose for the role, grouped by kind; the action checks again."""
    reach = access_organizations_for(by, today, MANAGING_ROLES).order_by("path")
    regions = selectable_regions(by, today, MANAGING_ROLES)
    groups: list[tuple[Any, Any]] = [
        (_("Regions"), [(scope_of_region(region), region.name) for region in regions]),
        (_("Organizations"), [(Scope("organization", unit.uuid), unit.name) for unit in reach]),
    ]
    if has_role(by, Role.ADMINISTRATOR, on=today):
        for kind, rows in offered_scopes().items():
            groups.append((scope_kind_name(kind), [(Scope(kind, scope_uuid), name) for scope_uuid, name in rows]))
    fitting = [
        (label, [(_value(scope), name) for scope, name in rows if fits(role, scope.kind)]) for label, rows in groups
    ]
    return [group for group in fitting if group[1]]


MOST_SHOWN = 12


def _matching(groups: list[tuple[Any, Any]], find: str, chosen: str) -> list[tuple[Any, Any]]:
    """Return the first choices whose name holds the words looked for, and the one already chosen."""
    left = MOST_SHOWN
    shown: list[tuple[Any, Any]] = []
    matching = dict(_named(groups, find))
    for label, rows in groups:
        found = matching[label]
        kept = [row for row in rows if row in found[:left] or row[0] == chosen]
        left -= min(left, len(found))
        if kept:
            shown.append((label, kept))
    return shown


def _named(groups: list[tuple[Any, Any]], find: str) -> list[tuple[Any, Any]]:
    """Return the choices whose name holds the words looked for."""
    wanted = find.strip().casefold()
    return [(label, [row for row in rows if wanted in str(row[1]).casefold()]) for label, rows in groups]


def _count(groups: list[tuple[Any, Any]]) -> int:
    return sum(len(rows) for _label, rows in groups)


def _value(scope: Scope) -> str:
    return f"{scope.kind}:{scope.uuid}"
