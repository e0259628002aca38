"""What the roster can be narrowed and ordered by."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

SORTS = ("name", "unit", "hours", "expires")


class CertificateState(models.TextChoices):
    """How people stand with a certification, as the roster can be narrowed by it."""

    VALID = "valid", _("Holds a valid one")
    EXPIRING = "expiring", _("Valid, expires soon")
    EXPIRED = "expired", _("Expired, none valid")
    REVOKED = "revoked", _("Revoked")
    NONE = "none", _("Never had one")
