"""Users, the roles granted to them, and the one-time slips that let them set a password."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.writing import code_form, name_key


class Role(models.TextChoices):
    """What a person may do, within the scope of a grant."""

    LEARNER = "learner", _("Learner")
    INSTRUCTOR = "instructor", _("Instructor")
    LAB_AUTHOR = "lab_author", _("Lab author")
    DATA_STEWARD = "data_steward", _("Data steward")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    POLICY_EDITOR = "policy_editor", _("Policy editor")
    HR = "hr", _("Personnel officer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


STAFF_ROLES = frozenset(Role.values) - {Role.LEARNER.value}
"""Roles whose holders must use a second factor."""


class ScopeKind(StrEnum):
    """Codes of those kinds of scope that code asks about. Which kinds there are, their owners register (`users.scopes`)."""

    PROVINCE = "province"
    REGION = "region"
    ORGANIZATION = "organization"
    PROGRAM = "program"
    RUN = "run"


class UserManager(BaseUserManager["User"]):
    """Makes users; the rules of who may do so are in `users.actions`."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Make a user whose password is unusable unless one is given."""
        user = self.model(username=username, **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find by login name, however it was typed; letter case ignored."""
        return self.get(username__iexact=code_form(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can log in. The login name is a staff number or a chosen code, never an ID-card or phone number."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField(
        _("login name"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z][A-Za-z0-9._-]{1,39}$")],
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=80)
    # Follows the name; people are looked for by it.
    name_key = models.CharField(max_length=240, default="", blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    deactivated_at = models.DateTimeField(null=True, blank=True)
    # Reading aids, as the person last chose them; empty: never chosen.
    theme = models.CharField(max_length=10, blank=True, default="", db_default="", editable=False)
    mode = models.CharField(max_length=10, blank=True, default="", db_default="", editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="users_username_case_insensitive",
                violation_error_message=_("This login name is taken. Choose another one."),
            ),
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(deactivated_at__isnull=False),
                name="users_inactive_has_instant",
                violation_error_message=_("A closed account says when it was closed."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, **options: Any) -> None:
        """Keep the key of the name in step with the name."""
        self.name_key = name_key(self.name)
        fields = options.get("update_fields")
        if fields is not None and "name" in fields:
            options["update_fields"] = {*fields, "name_key"}
        super().save(**options)

    def get_full_name(self) -> str:
        """Return the person's name; Wagtail asks for it under this name."""
        return self.name

    def get_short_name(self) -> str:
        """Return the person's name."""
        return self.name

    @property
    def hub_username(self) -> str:
        """Stable name of this person in JupyterHub; says nothing about the person."""
        return f"u{self.pk}"


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    """Filters over grants."""

    def in_force(self, on: date) -> RoleGrantQuerySet:
        """Grants that count on the given local day."""
        return self.filter(
            Q(end_date__isnull=True) | Q(end_date__gte=on),
            start_date__lte=on,
            revoked_at__isnull=True,
            user__is_active=True,
        )


class RoleGrant(models.Model):
    """A role for a person within a scope and a time. The only source of row visibility."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    scope_kind = models.CharField(max_length=16)
    scope_uuid = models.UUIDField(
        help_text="uuid of the region, organization, program or run; of the province's region for `province`."
    )
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="grant_ends_after_start",
                violation_error_message=_("The last day must not lie before the first day."),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "scope_kind", "scope_uuid"],
                condition=Q(revoked_at__isnull=True),
                name="grant_once_while_not_revoked",
                violation_error_message=_("This person holds this role there already."),
            ),
        ]
        indexes = [models.Index(fields=["role", "scope_kind", "scope_uuid"], name="grant_by_scope")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.scope_kind}:{self.scope_uuid}"


class PasswordSlip(models.Model):
    """A printed one-time code with which a person sets a password; only its hash is kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="slips")
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"slip of user {self.user_id}"


class IdentityField(models.TextChoices):
    """What of a person's identity was corrected."""

    NAME = "name", pgettext_lazy("person", "Name")
    LOGIN_NAME = "login_name", _("Login name")


class IdentityChange(models.Model):
    """That a person is called otherwise from now on. Rows are only added; `before` stays findable."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="identity_changes")
    field = models.CharField(max_length=12, choices=IdentityField.choices)
    before = models.CharField(max_length=80)
    after = models.CharField(max_length=80)
    reason = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(before=F("after")),
                name="identity_change_changes",
                violation_error_message=_("Old and new are the same."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} of user {self.user_id}"
