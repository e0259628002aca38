"""Django configuration of this app."""

from django.utils.translation import gettext_lazy as _

from search.plugging import WiredAppConfig


class AuditConfig(WiredAppConfig):
    """Append-only, hash-chained audit events."""

    name = "portal.audit"
    verbose_name = _("Audit")
