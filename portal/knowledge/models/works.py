"""Policies as such: what they are called, who issued them, whether they are in force, how they stand to each other."""

from __future__ import annotations

import uuid

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import DraftStateMixin, LockableMixin, RevisionMixin, WorkflowMixin

from portal.constraints import ConstraintsAtFields

RESERVED_CODES = frozenset({"glossary", "import", "reviews"})
"""Addresses below /policies/ that are not policies."""


class PolicyLevel(models.TextChoices):
    """Whose word it is. The codes are the field's own words; the search ranks by them."""

    CONSTITUTION = "宪法", _("Constitution")
    LAW = "法律", _("Law")
    ADMINISTRATIVE_REGULATION = "行政法规", _("Administrative regulation")
    JUDICIAL_INTERPRETATION = "司法解释", _("Judicial interpretation")
    DEPARTMENT_RULE = "部门规章", _("Department rule")
    LOCAL_REGULATION = "地方性法规", _("Local regulation")
    LOCAL_RULE = "地方政府规章", _("Local government rule")
    DOCUMENT = "规范性文件", _("Official document")
    STANDARD = "标准", pgettext_lazy("policy", "Standard")
    EXPLANATION = "政策解读", _("Explanation")
    OTHER = "其他", pgettext_lazy("policy", "Other")


class PolicyStatus(models.TextChoices):
    """Whether a policy holds."""

    IN_FORCE = "in_force", pgettext_lazy("policy", "In force")
    AMENDED = "amended", _("Amended")
    REPEALED = "repealed", _("Repealed")
    NOT_YET = "not_yet", _("Not yet in force")


class RelationKind(models.TextChoices):
    """How one policy stands to another."""

    AMENDS = "amends", _("amends")
    REPEALS = "repeals", _("repeals")
    IMPLEMENTS = "implements", _("implements")
    INTERPRETS = "interprets", _("explains")
    CITES = "cites", _("cites")


class PolicyTheme(models.Model):
    """A subject under which policies are filed."""

    code = models.CharField(_("code"), max_length=40, unique=True, help_text=_("Also the name in Chinese."))
    title_en = models.CharField(_("title in English"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    panels = [FieldPanel("code"), FieldPanel("title_en"), FieldPanel("order")]

    class Meta:
        verbose_name = _("policy theme")
        verbose_name_plural = _("policy themes")

    def __str__(self) -> str:
        return self.code

    def title_in(self, language: str) -> str:
        """Return the theme's name in a language, Chinese where there is no other."""
        return (self.title_en if language == "en" else "") or self.code


class PolicyWorkQuerySet(models.QuerySet["PolicyWork"]):
    """Filters over policies."""

    def published(self) -> PolicyWorkQuerySet:
        """Policies that readers see; drafts are the editors' own."""
        return self.filter(live=True)


class PolicyWork(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model):
    """A policy whatever its wording: a law, a regulation, a document. Its dated texts are `PolicyExpression`s."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(
        _("code"),
        max_length=80,
        unique=True,
        help_text=_("Part of the address of the policy and of every clause. It cannot be changed later."),
        validators=[RegexValidator(rf"^(?!(?:{'|'.join(sorted(RESERVED_CODES))})$)", _("This word is taken."))],
    )
    title = models.CharField(_("title"), max_length=300)
    aliases = models.TextField(_("short titles"), blank=True, help_text=_("One per line, as people say it."))
    number = models.CharField(_("document number"), max_length=80, blank=True, db_index=True)
    issuer = models.CharField(_("issued by"), max_length=160, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=PolicyLevel.choices, default=PolicyLevel.OTHER)
    theme = models.ForeignKey(
        PolicyTheme, null=True, blank=True, on_delete=models.SET_NULL, related_name="works", verbose_name=_("theme")
    )
    region = models.CharField(
        _("region"),
        max_length=6,
        blank=True,
        db_index=True,
        help_text=_("Code of the region where it applies, such as 610000; empty: the whole country."),
        validators=[RegexValidator(r"^\d{6}$", _("Six digits."))],
    )
    status = models.CharField(
        _("force"), max_length=10, choices=PolicyStatus.choices, default=PolicyStatus.IN_FORCE, db_index=True
    )
    issued_date = models.DateField(_("issued on"), null=True, blank=True)
    effective_date = models.DateField(_("in force since"), null=True, blank=True)
    repealed_date = models.DateField(_("repealed on"), null=True, blank=True)
    source_url = models.CharField(_("official source"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="policy",
        for_concrete_model=False,
    )
    revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="policy",
        for_concrete_model=False,
    )

    objects = PolicyWorkQuerySet.as_manager()

    panels = [
        MultiFieldPanel([FieldPanel("title"), FieldPanel("aliases"), FieldPanel("code")], heading=_("Names")),
        MultiFieldPanel(
            [FieldPanel("number"), FieldPanel("issuer"), FieldRowPanel([FieldPanel("level"), FieldPanel("region")])],
            heading=_("Origin"),
        ),
        FieldPanel("theme"),
        MultiFieldPanel(
            [
                FieldPanel("status"),
                FieldRowPanel([FieldPanel("issued_date"), FieldPanel("effective_date"), FieldPanel("repealed_date")]),
            ],
            heading=_("Force"),
        ),
        FieldPanel("source_url"),
    ]

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")

    def __str__(self) -> str:
        return self.title

    @property
    def is_repealed(self) -> bool:
        """Whether it holds no more."""
        return self.status == PolicyStatus.REPEALED

    @property
    def is_pending(self) -> bool:
        """Whether it does not hold yet."""
        return self.status == PolicyStatus.NOT_YET

    @property
    def short_titles(self) -> list[str]:
        """What people call it besides its title."""
        return [line.strip() for line in self.aliases.splitlines() if line.strip()]

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return f"/policies/{self.code}/"


class PolicyRelation(ConstraintsAtFields):
    """That one policy amends, repeals, implements, explains or cites another."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(
        PolicyWork, on_delete=models.CASCADE, related_name="relations_out", verbose_name=_("this policy")
    )
    kind = models.CharField(pgettext_lazy("relation", "does what"), max_length=10, choices=RelationKind.choices)
    target = models.ForeignKey(
        PolicyWork, on_delete=models.CASCADE, related_name="relations_in", verbose_name=_("that policy")
    )
    effective_date = models.DateField(_("with effect from"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_read_from_text = models.BooleanField(default=False, editable=False)

    panels = [
        FieldPanel("subject"),
        FieldPanel("kind"),
        FieldPanel("target"),
        FieldPanel("effective_date"),
        FieldPanel("note"),
    ]

    constraint_fields = {"policy_relation_to_another": "target"}

    class Meta:
        verbose_name = _("policy relation")
        verbose_name_plural = _("policy relations")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "target"],
                name="policy_relation_once",
                violation_error_message=_("This relation exists already."),
            ),
            models.CheckConstraint(
                condition=~Q(subject=F("target")),
                name="policy_relation_to_another",
                violation_error_message=_("A policy cannot be related to itself. Choose another one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_kind_display()} {self.target}"
