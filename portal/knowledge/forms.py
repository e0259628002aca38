"""Forms of the policy pages: narrowing the list, taking a text in, deciding a review. Validation only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .models import PolicyLevel, PolicyStatus, PolicyTheme, PolicyWork, ReviewDecision
from .parsing.about import REGIONS, About
from .parsing.formats import MAX_BYTES, SUFFIXES
from .queries import region_name, years_of

NATIONAL = "000000"


class PolicyFilterForm(forms.Form):
    """Narrows the list of policies. What it does not know narrows nothing."""

    text = forms.CharField(label=_("Title or number"), required=False, max_length=100)
    level = forms.ChoiceField(label=_("Level"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    region = forms.ChoiceField(label=pgettext_lazy("policy", "Region"), required=False)
    status = forms.ChoiceField(label=_("Force"), required=False)
    year = forms.ChoiceField(label=pgettext_lazy("policy", "Issued in"), required=False)

    def __init__(self, *args: Any, language: str = "zh-hans", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("All"))
        used = sorted(set(PolicyWork.objects.published().order_by().values_list("region", flat=True).distinct()))
        themes = PolicyTheme.objects.order_by("order", "pk")
        choices: dict[str, list[tuple[Any, Any]]] = {
            "level": list(PolicyLevel.choices),
            "status": list(PolicyStatus.choices),
            "theme": [(theme.pk, theme.title_in(language)) for theme in themes],
            "region": [(code or NATIONAL, region_name(code)) for code in used],
            "year": [(str(year), str(year)) for year in years_of()],
        }
        for name, own in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [every, *own]


class ImportForm(forms.Form):
    """A file with a law or a document; what the file does not say itself can be said here."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "DOCX, HTML, Markdown or text, up to 20 MB, as the office sent it: with its head, order or notice."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    work = forms.CharField(
        label=_("A new text of"),
        required=False,
        max_length=300,
        help_text=_("Code or title of a policy that is here. Empty: a new policy, or the one with the file's title."),
    )
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=300,
        help_text=_("Only where the preview shows a wrong one."),
    )
    level = forms.ChoiceField(label=_("Level"), required=False)
    theme = forms.ModelChoiceField(
        label=_("Theme"), required=False, queryset=PolicyTheme.objects.none(), to_field_name="code"
    )
    region = forms.ChoiceField(label=pgettext_lazy("policy", "Region"), required=False)
    number = forms.CharField(label=_("Document number"), required=False, max_length=80)
    version_date = forms.DateField(
        label=_("Adopted on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    effective_date = forms.DateField(
        label=_("In force from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_until = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_read = ("", _("As the file says"))
        choices: dict[str, list[tuple[Any, Any]]] = {
            "level": [as_read, *PolicyLevel.choices],
            "region": [as_read, (NATIONAL, _("The whole country")), *((code, name) for name, code in REGIONS.items())],
        }
        for name, own in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = own
        themes = self.fields["theme"]
        assert isinstance(themes, forms.ModelChoiceField)
        themes.queryset = PolicyTheme.objects.order_by("order", "pk")

    def clean_work(self) -> PolicyWork | None:
        """Return the policy that was named."""
        name = str(self.cleaned_data["work"]).strip()
        if not name:
            return None
        found = list(PolicyWork.objects.filter(Q(code=name) | Q(title=name)).order_by("pk")[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("There is no policy of this code or title. Look it up in the list."))
        return found[0]

    def clean_file(self) -> Any:
        """Return a file of a size that can be read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too large: at most 20 MB."))
        return file

    def about(self) -> About:
        """Return what was said of the document."""
        said = self.cleaned_data
        work, theme, region = said["work"], said["theme"], said["region"]
        return About(
            title=work.title if work else said["title"],
            code=work.code if work else "",
            number=said["number"],
            level=said["level"],
            theme=theme.code if theme else "",
            region="" if region == NATIONAL else region or (work.region if work else None),
            version_date=said["version_date"],
            effective_date=said["effective_date"],
            valid_until=said["valid_until"],
        )


class ReviewForm(forms.Form):
    """What becomes of an item whose clause changed."""

    decision = forms.ChoiceField(
        label=pgettext_lazy("review", "Decision"),
        choices=ReviewDecision.choices,
        widget=forms.RadioSelect,
        initial=ReviewDecision.KEPT,
    )
    quote = forms.CharField(
        label=_("Words quoted anew"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only when quoting anew. Empty: the whole clause as it stands now."),
    )
    note = forms.CharField(label=pgettext_lazy("review", "Note"), required=False, max_length=300)
