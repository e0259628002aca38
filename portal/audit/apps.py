"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Append-only, hash-chained audit events."""

    name = "portal.audit"
    verbose_name = _("Audit")
