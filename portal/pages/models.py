"""Pages of the site that are not courses. One page per language; the translations of a page know each other."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import StreamBlock
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from portal.users.models import Role

from .blocks import BodyBlock, PersonBlock
from .fields import MigrationFriendlyStreamField
from .helping import help_steps

HELP_SLUG = "help"


class HomePage(Page):
    """The front page. Upper apps add their sections by the hook `chengxue_home_sections`."""

    headline = models.CharField(_("headline"), max_length=80, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("headline"), FieldPanel("introduction")]
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find the page of a whole address at once, where Wagtail asks twice for every level."""
        if not path_components:
            return super().route(request, path_components)
        url_path = f"{self.url_path}{'/'.join(path_components)}/"
        page = self.get_descendants().filter(url_path=url_path, live=True).first()
        if page is None:
            raise Http404
        # A type may name the rows that it is shown with (`served_with`); no type has addresses of its own below it.
        model = page.specific_class
        related = ("locale", *getattr(model, "served_with", ()))
        return model._default_manager.select_related(*related).get(pk=page.pk).route(request, [])


class ContentPage(Page):
    """A plain page: help, about, privacy."""

    introduction = models.TextField(_("introduction"), blank=True)
    body = MigrationFriendlyStreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    parent_page_types = ["pages.HomePage", "pages.ContentPage"]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Give the help the learner's steps in pictures."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        if self.slug == HELP_SLUG:
            steps = help_steps(Role.LEARNER.value, self.locale.language_code, leads_on=False)
            context["pictured"] = [step for step in steps if step.picture]
        return context

    class Meta:
        verbose_name = _("content page")
        verbose_name_plural = _("content pages")


class PeoplePage(Page):
    """Those who teach."""

    introduction = models.TextField(_("introduction"), blank=True)
    people = MigrationFriendlyStreamField(
        StreamBlock([("person", PersonBlock())]), blank=True, verbose_name=_("people")
    )

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("people")]
    parent_page_types = ["pages.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("people page")
        verbose_name_plural = _("people pages")


class KnowledgeIndexPage(Page):
    """The knowledge section: articles, the newest first."""

    introduction = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.ArticlePage"]

    class Meta:
        verbose_name = _("knowledge section")
        verbose_name_plural = _("knowledge sections")


class ArticlePage(Page):
    """An article of the knowledge section, with its date and where it comes from."""

    date = models.DateField(_("date"), default=datetime.date.today)
    source = models.CharField(_("source"), max_length=160, help_text=_("Who wrote it, or which documents it explains."))
    summary = models.TextField(_("summary"), blank=True)
    body = MigrationFriendlyStreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("source"),
        FieldPanel("summary"),
        FieldPanel("body"),
    ]
    parent_page_types = ["pages.KnowledgeIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes = [models.Index(fields=["-date"], name="article_by_date")]
