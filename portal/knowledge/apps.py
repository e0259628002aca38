"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class KnowledgeConfig(WiredAppConfig):
    """Policies down to the clause, and the glossary."""

    name = "portal.knowledge"
    verbose_name = _("Policy knowledge")
