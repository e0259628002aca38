"""Rows on the authors' screens: everybody sees and changes only what the grants of today reach; nobody deletes.

Wagtail asks its permission policy before an index or a form, but not for every single row; the views here therefore
take their rows from one queryset, whatever the address says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Protocol

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.admin.views import generic
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.views.generic.usage import UsageView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import policy_registry

from portal.users.models import User
from portal.users.rights import has_role

Access = Callable[[User, date], QuerySet[Any]]


class Create(Protocol):
    """An action that makes a row."""

    def __call__(self, *, fields: Mapping[str, Any], by: User, at: datetime) -> models.Model:
        """Make it."""


class Change(Protocol):
    """An action that changes a row."""

    def __call__(self, row: Any, *, fields: Mapping[str, Any], by: User, at: datetime) -> models.Model:
        """Change it."""


class GrantPolicy(BasePermissionPolicy):
    """Rights over the rows of a model by role and by the rows that the grants of today reach."""

    def __init__(self, model: type[models.Model], roles: Iterable[str], access: Access) -> None:
        super().__init__(model)
        self.roles = tuple(roles)
        self.access = access

    def rows_of(self, user: Any) -> QuerySet[Any]:
        """Rows that the user may see and change now."""
        return self.access(user, timezone.localdate()) if user.is_active else self.model._default_manager.none()

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Adding and changing go with the roles; there is no deleting, for the record points at these rows."""
        return action in ("add", "change", "view") and has_role(user, *self.roles, on=timezone.localdate())

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        """Users with a grant of one of the roles."""
        return User.objects.filter(grants__role__in=self.roles, is_active=True).distinct()

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        """Return the same for one row, if the grants reach it."""
        return self.user_has_permission(user, action) and self.rows_of(user).filter(pk=instance.pk).exists()

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Any) -> bool:
        """Any of the actions for one row."""
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        """Rows for which the user has any of the actions."""
        if not any(self.user_has_permission(user, action) for action in actions):
            return self.model._default_manager.none()
        return self.rows_of(user)


class OwnRows:
    """A view that knows no other rows than the reader's own; any other is 404."""

    model: type[models.Model]
    request: Any

    def _own(self) -> QuerySet[Any]:
        return policy_registry.get_by_type(self.model).rows_of(self.request.user)

    def get_queryset(self) -> QuerySet[Any]:
        """Rows among which an edited or deleted one is looked up."""
        return self._own()

    def get_base_object_queryset(self) -> QuerySet[Any]:
        """Rows among which a row with its history or usage is looked up."""
        return self._own()


class OwnIndexView(generic.IndexView):
    """The list of own rows."""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Own rows alone, also in searches and exports."""
        return policy_registry.get_by_type(self.model).rows_of(self.request.user).distinct().order_by("pk")


class OwnEditView(OwnRows, generic.EditView):
    """A form that changes one own row by its action."""

    change: Change | None = None

    def save_instance(self) -> models.Model:
        """Call the action and keep Wagtail's own log in step."""
        fields = {name: self.form.cleaned_data[name] for name in self.form.changed_data}
        assert self.change is not None  # every viewset below names its action
        row = self.change(self.form.instance, fields=fields, by=self.request.user, at=timezone.now())
        log(instance=row, action="wagtail.edit", user=self.request.user)
        return row


class OwnCreateView(generic.CreateView):
    """A form that makes a row by its action."""

    create: Create | None = None

    def save_instance(self) -> models.Model:
        """Call the action and keep Wagtail's own log in step."""
        assert self.create is not None  # every viewset below names its action
        row = self.create(fields=self.form.cleaned_data, by=self.request.user, at=timezone.now())
        log(instance=row, action="wagtail.create", user=self.request.user)
        return row


class OwnDeleteView(OwnRows, generic.DeleteView):
    """Refused by the policy; it must not tell of other rows either."""


class OwnHistoryView(OwnRows, HistoryView):
    """What happened to an own row."""

    get_queryset = HistoryView.get_queryset  # the log's rows; the row itself comes from get_base_object_queryset


class OwnUsageView(OwnRows, UsageView):
    """Where an own row is used."""

    get_queryset = UsageView.get_queryset  # the references; the row itself comes from get_base_object_queryset


class OwnRowsViewSet(ModelViewSet):
    """Screens of a model whose rows belong to programs. Subclasses name `create` and `change` actions."""

    index_view_class = OwnIndexView
    add_view_class = OwnCreateView
    edit_view_class = OwnEditView
    delete_view_class = OwnDeleteView
    history_view_class = OwnHistoryView
    usage_view_class = OwnUsageView
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    form_class: Any = None
    create: Any = None
    change: Any = None

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return the form that the subclass names."""
        return self.form_class

    def get_add_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Hand the action to the view."""
        view_kwargs: dict[str, Any] = super().get_add_view_kwargs(**kwargs)
        return {**view_kwargs, "create": type(self).create}

    def get_edit_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Hand the action to the view."""
        view_kwargs: dict[str, Any] = super().get_edit_view_kwargs(**kwargs)
        return {**view_kwargs, "change": type(self).change}
