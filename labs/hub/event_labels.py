"""Names of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "hub.access_revoked": _("Tokens and lab of a person ended"),
    "hub.token_issued": _("Command-line token issued"),
    "hub.token_ended": _("Command-line token ended"),
}
