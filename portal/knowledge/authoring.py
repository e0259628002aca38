"""Policies, terms, themes, relations and links on the editors' screens."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from .actions import LinkRefused, make_link, withdraw_link
from .models import GlossaryTerm, PolicyRelation, PolicyTheme, PolicyWork, Provision, ProvisionLink
from .queries.choosing import clauses_named
from .registry import TargetRef, kind_label, resolve_targets, target_choices


class PolicyWorkForm(WagtailAdminModelForm):
    """A policy; its code stays what it is, for addresses hang on it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "code" in self.fields:
            self.fields["code"].disabled = True


class PolicyWorkViewSet(SnippetViewSet):
    """Policies; their texts come by import."""

    model = PolicyWork
    icon = "doc-full"
    menu_label = _("Policies")
    list_display = ["title", "level", "number", "status", "effective_date"]
    list_filter = ["level", "status", "theme"]
    list_per_page = 30
    ordering = ["title", "pk"]
    search_fields = ["title", "aliases", "number", "code"]
    search_backend_name = None
    edit_handler = ObjectList(PolicyWork.panels, base_form_class=PolicyWorkForm)
    copy_view_enabled = False


class GlossaryTermViewSet(SnippetViewSet):
    """Terms."""

    model = GlossaryTerm
    icon = "openquote"
    menu_label = _("Glossary terms")
    list_display = ["term", "term_en", "source"]
    ordering = ["term"]
    search_fields = ["term", "term_en", "definition"]
    search_backend_name = None


class PolicyThemeViewSet(SnippetViewSet):
    """Themes."""

    model = PolicyTheme
    icon = "tag"
    menu_label = _("Policy themes")
    list_display = ["code", "title_en", "order"]
    ordering = ["order", "pk"]


class PolicyRelationViewSet(SnippetViewSet):
    """Relations between policies."""

    model = PolicyRelation
    icon = "link"
    menu_label = _("Policy relations")
    list_display = ["subject", "kind", "target", "effective_date"]
    list_filter = ["kind"]
    ordering = ["-pk"]
    search_fields = ["subject__title", "target__title"]
    search_backend_name = None


class ClauseFilterForm(BaseFilterForm):
    """Finds clauses by law and number or by words."""

    q = forms.CharField(
        label=_("Search term"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Policy and number, or words: 智慧城市促进条例 第十二条")}),
    )

    def filter(self, objects: QuerySet[Provision]) -> QuerySet[Provision]:
        """Clauses that the words name."""
        words = self.cleaned_data.get("q") or ""
        if words:
            self.is_searching, self.search_query = True, words
        return clauses_named(objects, words)


class _Clauses:
    filter_form_class = ClauseFilterForm

    def get_object_list(self) -> QuerySet[Provision]:
        """Clauses of the texts, with their policy."""
        return Provision.objects.exclude(text="").select_related("expression__work")

    @property
    def columns(self) -> list[Column]:
        """Policy, day of the text, clause."""
        own: list[Column] = super().columns  # type: ignore[misc]  # of the view that this is mixed into
        policy = Column("policy", label=_("Policy"), accessor="expression.work.title")
        return [*own, policy, Column("day", label=_("Text of"), accessor="expression.effective_date")]


class ChooseClauseView(_Clauses, ChooseView):
    """The whole dialogue."""


class ChooseClauseResultsView(_Clauses, ChooseResultsView):
    """Its list alone."""


class ClauseChooserViewSet(ChooserViewSet):
    """A dialogue in which an editor chooses a clause."""

    model = Provision
    icon = "doc-full"
    choose_one_text = _("Choose a clause")
    choose_another_text = _("Choose another clause")
    choose_view_class = ChooseClauseView
    choose_results_view_class = ChooseClauseResultsView
    register_widget = True


clause_chooser = ClauseChooserViewSet("choose_clause")


class LinkForm(WagtailAdminModelForm):
    """A new link: a clause, the words of it that are quoted, what rests on them."""

    target = forms.ChoiceField(label=_("What rests on it"))
    quote = forms.CharField(
        label=_("Quoted words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As they stand in the clause. Empty: all its words."),
    )

    class Meta:
        model = ProvisionLink
        fields = ["provision"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provision"].queryset = Provision.objects.exclude(text="")
        self.fields["provision"].widget = clause_chooser.widget_class()
        self.fields["target"].choices = [
            ("", "---------"),
            *(
                (label, [(f"{ref.kind}:{ref.uuid}:{ref.part}", name) for ref, name in own])
                for label, own in target_choices()
            ),
        ]

    def ref(self) -> TargetRef:
        """Return the chosen item."""
        kind, target_uuid, part = self.cleaned_data["target"].split(":", 2)
        return TargetRef(kind, uuid.UUID(target_uuid), part)

    def clean(self) -> dict[str, Any]:
        """Refuse words that do not stand in the clause."""
        said: dict[str, Any] = super().clean()
        clause, quote = said.get("provision"), said.get("quote") or ""
        if clause is not None and "".join(quote.split()) not in "".join(clause.text.split()):
            self.add_error("quote", _("These words do not stand in the clause. Copy them from its text."))
        if clause is not None and said.get("target"):
            ref = self.ref()
            shown = ProvisionLink.objects.shown().filter(
                provision=clause, target_kind=ref.kind, target_uuid=ref.uuid, target_part=ref.part
            )
            if shown.exists():
                self.add_error("target", _("This item is linked to this clause already."))
        return said


class LinkEndForm(WagtailAdminModelForm):
    """The end of a link."""

    withdraw = forms.BooleanField(label=_("Take this link away"))

    class Meta:
        model = ProvisionLink
        fields: list[str] = []


class LinkCreateView(generic.CreateView):
    """Links are made by their action."""

    def save_instance(self) -> ProvisionLink:
        """Call the action and keep Wagtail's own log in step."""
        form = self.form
        try:
            link = make_link(
                provision=form.cleaned_data["provision"],
                target=form.ref(),
                quote=form.cleaned_data["quote"],
                by=self.request.user,
                at=timezone.now(),
            )
        except LinkRefused as problem:  # two editors at once; the form looked before
            raise forms.ValidationError(str(problem)) from problem
        log(instance=link, action="wagtail.create", user=self.request.user)
        return link


class LinkEditView(generic.EditView):
    """Links are not changed, only taken away."""

    def save_instance(self) -> ProvisionLink:
        """Call the action and keep Wagtail's own log in step."""
        link = withdraw_link(link=self.form.instance, by=self.request.user, at=timezone.now())
        log(instance=link, action="wagtail.edit", user=self.request.user)
        return link


class LinkIndexView(generic.IndexView):
    """Links that are shown."""

    def get_base_queryset(self) -> QuerySet[ProvisionLink]:
        """With what the list says of them."""
        rows = ProvisionLink.objects.shown().select_related("provision__expression__work")
        return rows.order_by("-state", "-created_at", "-pk")

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """With the items' names, asked for a page at a time."""
        paginator, page, rows, is_paginated = super().paginate_queryset(queryset, page_size)
        links = list(rows)
        refs = {link: TargetRef(link.target_kind, link.target_uuid, link.target_part) for link in links}
        cards = resolve_targets(refs.values(), self.request.user, get_language() or "zh-hans")
        for link, ref in refs.items():
            link.item = cards[ref].title if ref in cards else _("no longer there")
        page.object_list = links
        return paginator, page, links, is_paginated


class ProvisionLinkViewSet(ModelViewSet):
    """Links between clauses and what rests on them."""

    model = ProvisionLink
    icon = "link"
    menu_label = _("Clause links")
    index_view_class = LinkIndexView
    add_view_class = LinkCreateView
    edit_view_class = LinkEditView
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    list_display = [
        "quote",
        Column("policy", label=_("Policy"), accessor="provision.expression.work.title"),
        Column("clause", label=_("Clause"), accessor="provision.number"),
        Column("kind", label=_("kind"), accessor=lambda link: kind_label(link.target_kind)),
        Column("item", label=pgettext_lazy("review", "Item"), accessor="item"),
        Column("state", label=_("State"), accessor="get_state_display"),
    ]
    search_fields = ["quote", "provision__expression__work__title"]

    def get_form_class(self, for_update: bool = False) -> Any:
        """One form to make a link, one to end it."""
        return LinkEndForm if for_update else LinkForm


class PolicyGroup(SnippetViewSetGroup):
    """Everything of policies under one entry of the menu."""

    items = (PolicyWorkViewSet, GlossaryTermViewSet, PolicyRelationViewSet, PolicyThemeViewSet)
    menu_label = _("Policy knowledge")
    menu_icon = "doc-full"
    menu_order = 170
