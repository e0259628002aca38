"""What the roster can be narrowed and ordered by."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

SORTS = ("name", "unit", "hours", "expires")


class CertificateState(models.TextChoices):
    """How people stand with a certification, as the roster can be narrowed by it."""

    VALID = "valid", _("Holds a valid one")
    EXPIRING = "expiring", _("Valid, expires within the days given (otherwise 90)")
    LACKING = "lacking", _("None valid")
    EXPIRED = "expired", _("Expired, none valid")
    REVOKED = "revoked", _("Revoked, none valid")
    NONE = "none", _("Never had one")
