"""Forms of partners and programs on the authors' screens."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from .models import Partner, PartnerProgram


class PartnerForm(WagtailAdminModelForm):
    """A partner."""

    class Meta:
        model = Partner
        fields = ["code", "organization", "name", "name_en", "introduction", "introduction_en"]


class ProgramForm(WagtailAdminModelForm):
    """A program and its terms. Partner and code are fixed once grants hang on it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            for name in ("partner", "code"):
                self.fields[name].disabled = True

    class Meta:
        model = PartnerProgram
        fields = [
            "partner",
            "code",
            "name",
            "name_en",
            "start_date",
            "end_date",
            "signatory_name",
            "signatory_title",
        ]
        widgets = {"start_date": AdminDateInput, "end_date": AdminDateInput}
