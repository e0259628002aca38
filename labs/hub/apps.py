"""Django configuration of this app."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HubConfig(AppConfig):
    """The portal's side of JupyterHub."""

    name = "labs.hub"
    verbose_name = _("Hub")

    def ready(self) -> None:
        """Listen to reduced rights and let the worker carry out revocations."""
        from portal.audit.details import register_words
        from portal.audit.sentences import register_labels
        from portal.queue.registry import Kind, register_kind

        from . import receivers  # noqa: F401  (connects)
        from .actions import work_on_revocation
        from .event_labels import LABELS, SENTENCES
        from .models import HubRevocation, Scope

        register_labels(LABELS, SENTENCES)
        register_words({"hub.token_issued.scope": dict(Scope.choices), "hub.token_ended.scope": dict(Scope.choices)})
        register_kind(
            Kind(
                name="hub.revocation",
                lane="other",
                rows=lambda: cast(Any, HubRevocation.objects.select_related("user").order_by("pk")),
                work=cast(Any, work_on_revocation),
                lease=timedelta(seconds=60),
            )
        )
