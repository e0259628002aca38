"""Forms of instructors: a lab, a source notebook, an assignment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.catalog.models import Course, CourseRun
from labs.datasets.models import DatasetVersion
from portal.users.models import User

from .models import AttemptsPolicy, Lab, LabAssignment, LabRelease
from .notebooks import LARGEST_BYTES
from .rules import read_curve, write_curve


class FilesInput(forms.ClearableFileInput):
    """Any number of files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Clean each."""
        return [super(FilesField, self).clean(each, initial) for each in data or []]


class LabForm(forms.ModelForm[Lab]):
    """A new lab."""

    class Meta:
        model = Lab
        fields = ("code", "title", "title_en", "summary", "summary_en", "course")
        labels = {
            "code": _("Code"),
            "title": _("Title"),
            "title_en": _("Title (English)"),
            "summary": pgettext_lazy("lab", "Summary"),
            "summary_en": _("Summary (English)"),
            "course": _("Course"),
        }
        help_texts = {"code": _("Small letters, digits and hyphens; the notebook is named after it.")}
        error_messages = {"code": {"unique": _("Another lab has this code already. Choose another code.")}}
        widgets = {"summary": forms.Textarea(attrs={"rows": 3}), "summary_en": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, courses: QuerySet[Course], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses  # type: ignore[attr-defined]  # a ModelChoiceField


class ReleaseForm(forms.Form):
    """A source notebook and what stands beside it."""

    source = forms.FileField(
        label=_("Source notebook (.ipynb)"),
        help_text=_("An nbgrader notebook with solutions and hidden tests; trainees get it without them."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ipynb"}),
    )
    beside = FilesField(
        label=_("Files beside the notebook"), required=False, help_text=_("Small files only; data comes from datasets.")
    )
    versions = forms.ModelMultipleChoiceField(
        label=_("Datasets that it reads"),
        queryset=DatasetVersion.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Data that you were granted and whose risk report is valid. Ask its data steward for more."),
    )

    def __init__(self, *args: Any, versions: QuerySet[DatasetVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["versions"].queryset = versions  # type: ignore[attr-defined]  # a ModelMultipleChoiceField

    def clean_source(self) -> UploadedFile[Any]:
        """Not larger than a notebook may be."""
        source: UploadedFile[Any] = self.cleaned_data["source"]
        if (source.size or 0) > LARGEST_BYTES:
            raise forms.ValidationError(_("The notebook is larger than 20 MB. Clear its outputs and try again."))
        return source


class WrongAnswersForm(forms.Form):
    """Notebooks that are wrong on purpose."""

    answers = FilesField(
        label=_("Wrong answers (.ipynb)"),
        help_text=_("Notebooks with typical mistakes. Every release of the lab must refuse them full marks."),
    )

    def clean_answers(self) -> list[UploadedFile[Any]]:
        """Notebooks, none larger than one may be."""
        answers: list[UploadedFile[Any]] = self.cleaned_data["answers"]
        if not answers:
            raise forms.ValidationError(_("Choose at least one notebook."))
        if any((answer.size or 0) > LARGEST_BYTES for answer in answers):
            raise forms.ValidationError(_("The notebook is larger than 20 MB. Clear its outputs and try again."))
        return answers


class _Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class TermsForm(forms.Form):
    """Dates, attempts and release of an assignment."""

    release = forms.ModelChoiceField(label=_("Release"), queryset=LabRelease.objects.none())
    opens_at = forms.DateTimeField(label=_("Opens"), widget=_Moment)
    due_at = forms.DateTimeField(label=_("Due"), widget=_Moment)
    max_attempts = forms.IntegerField(
        label=_("Attempts"), min_value=1, max_value=100, required=False, help_text=_("Empty: no limit.")
    )
    attempts_policy = forms.ChoiceField(
        label=_("Which attempt counts"), choices=AttemptsPolicy.choices, initial=AttemptsPolicy.BEST
    )
    late_curve = forms.CharField(
        label=_("Late submission"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "A line for each step: last day, percent taken off. “1 10” and “3 30” mean: 10 percent off on the first day "
            "that has begun, 30 percent on the second and third, nothing is taken afterwards. Empty: nothing is taken "
            "after the deadline."
        ),
    )
    appeal_days = forms.IntegerField(
        label=_("Days for appeals"),
        min_value=0,
        max_value=90,
        initial=7,
        help_text=_("After each grade. 0: no appeals."),
    )

    def __init__(self, *args: Any, lab: Lab, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["release"]
        field.queryset = lab.releases.order_by("-number")  # type: ignore[attr-defined]  # a ModelChoiceField
        field.label_from_instance = lambda release: _("Release %(number)s") % {"number": release.number}  # type: ignore[attr-defined]  # as above

    def clean_late_curve(self) -> list[list[int]]:
        """Return the steps whose days and percentages rise."""
        try:
            return read_curve(self.cleaned_data["late_curve"])
        except ValueError as problem:
            raise forms.ValidationError(
                _("Write a whole day and a whole percentage in every line, both rising: “1 10”, then “3 30”.")
            ) from problem

    def clean(self) -> dict[str, Any]:
        """Refuse a deadline before the opening."""
        cleaned: dict[str, Any] = super().clean() or {}
        opens_at, due_at = cleaned.get("opens_at"), cleaned.get("due_at")
        if opens_at and due_at and due_at <= opens_at:
            self.add_error("due_at", _("The deadline must lie after the opening."))
        elif due_at and "due_at" in self.changed_data and due_at <= timezone.now():
            self.add_error(
                "due_at",
                _("This deadline is over: everybody would be late at once. Choose a later one, or withdraw the lab."),
            )
        return cleaned


class AssignForm(TermsForm):
    """A new assignment."""

    run = forms.ModelChoiceField(label=_("Run"), queryset=CourseRun.objects.none())
    pass_percent = forms.IntegerField(label=_("Passed from (%)"), min_value=1, max_value=100, initial=60)
    is_required = forms.BooleanField(label=_("Must be passed to complete the run"), required=False, initial=True)

    field_order = (
        "run", "release", "opens_at", "due_at", "late_curve", "max_attempts", "attempts_policy", "pass_percent",
        "appeal_days", "is_required",
    )  # fmt: skip

    def __init__(self, *args: Any, runs: QuerySet[CourseRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["run"].queryset = runs  # type: ignore[attr-defined]  # a ModelChoiceField


class RulesForm(forms.Form):
    """Pass mark and requirement of an assignment, and why they change."""

    pass_percent = forms.IntegerField(label=_("Passed from (%)"), min_value=1, max_value=100)
    is_required = forms.BooleanField(label=_("Must be passed to complete the run"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The trainees of the run read it."))


class ReasonForm(forms.Form):
    """Why a lab is withdrawn or retired."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Trainees and colleagues read it."))


class ExtensionForm(forms.Form):
    """An own deadline or more attempts for one trainee."""

    user = forms.ModelChoiceField(label=_("Trainee"), queryset=User.objects.none())
    due_at = forms.DateTimeField(label=_("Own deadline"), widget=_Moment, required=False)
    extra_attempts = forms.IntegerField(label=_("More attempts"), min_value=0, max_value=100, required=False, initial=0)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("The trainee reads it, and it stays in the record.")
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        field.queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField
        field.label_from_instance = lambda person: f"{person.name} ({person.username})"  # type: ignore[attr-defined]  # as above

    def clean_extra_attempts(self) -> int:
        """None are none."""
        return int(self.cleaned_data["extra_attempts"] or 0)


class WithdrawalForm(forms.Form):
    """Why an extension ends."""

    user = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=200)


def terms_of(assignment: LabAssignment) -> dict[str, Any]:
    """Return what a form begins with when an assignment is changed."""
    names = ("release", "opens_at", "due_at", "max_attempts", "attempts_policy", "appeal_days")
    return {name: getattr(assignment, name) for name in names} | {"late_curve": write_curve(assignment.late_curve)}
