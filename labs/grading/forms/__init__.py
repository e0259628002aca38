"""Marks and filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import CourseRun
from labs.assignments.models import Lab, LabQuestion, LabRelease

STATES = (
    ("", _("All")),
    ("needs_manual", _("Waiting for marks")),
    ("failed", _("Could not be graded")),
    ("waiting", _("Being graded")),
    ("graded", _("Graded")),
)


class MarkForm(forms.Form):
    """Points in steps of a hundredth and a comment for the trainee."""

    score = forms.DecimalField(label=_("Points"), min_value=Decimal(0), max_digits=6, decimal_places=2)
    comment = forms.CharField(
        label=_("Comment for the trainee"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def hundredths(self) -> int:
        """Return the points as the record keeps them."""
        return int(self.cleaned_data["score"] * 100)


class SubmissionFilter(forms.Form):
    """Which submissions an instructor looks at."""

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    run = forms.ChoiceField(label=_("Run"), required=False)
    lab = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], runs: QuerySet[CourseRun]) -> None:
        super().__init__(data)
        choices = [("", _("All")), *runs.order_by("-starts_at", "pk").values_list("code", "name")]
        self.fields["run"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class RegradeForm(forms.Form):
    """With which release everybody is graded again, and why."""

    release = forms.ModelChoiceField(
        label=_("Release"),
        queryset=LabRelease.objects.none(),
        help_text=_("New attempts are graded with it from now on, too."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For example: the test of question 2 counted blank rows.")
    )

    def __init__(self, *args: Any, lab: Lab, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["release"]
        field.queryset = lab.releases.order_by("-number")  # type: ignore[attr-defined]  # a ModelChoiceField
        field.label_from_instance = lambda release: _("Release %(number)s") % {"number": release.number}  # type: ignore[attr-defined]  # as above


class ApprovalForm(forms.Form):
    """What applies beside the results that rise."""

    lowers = forms.BooleanField(label=_("Lower results apply as well"), required=False)
    lowers_certified = forms.BooleanField(
        label=_("Also those on which a certificate rests"),
        required=False,
        help_text=_("The certificate itself stays until personnel revoke it."),
    )
    note = forms.CharField(label=_("Why certified results are lowered"), max_length=200, required=False)


class AppealForm(forms.Form):
    """To which question a trainee objects, and why."""

    question = forms.ChoiceField(label=_("Question"))
    text = forms.CharField(
        label=_("Your reasons"), max_length=1000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("At most 1,000 characters. Your instructors read them."),
    )  # fmt: skip

    def __init__(self, *args: Any, questions: Sequence[LabQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose a question")), *((str(question.pk), question.title) for question in questions)]
        self.fields["question"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class AdjustForm(forms.Form):
    """Other points for a question that tests grade, and why."""

    score = forms.DecimalField(label=_("Points for the question"), min_value=Decimal(0), max_digits=6, decimal_places=2)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The trainee reads it, and it stays in the record."),
    )  # fmt: skip

    def hundredths(self) -> int:
        """Return the points as the record keeps them."""
        return int(self.cleaned_data["score"] * 100)


class DecideForm(forms.Form):
    """A word on a proposal."""

    text = forms.CharField(
        label=_("Remark (needed if you refuse)"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The answer to an appeal."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("accept", _("The appeal is right")), ("reject", _("The result stays"))],
        widget=forms.RadioSelect,
    )
    score = forms.DecimalField(
        label=_("Points for the question"), min_value=Decimal(0), max_digits=6, decimal_places=2, required=False,
        help_text=_("Only when the appeal is right. Empty when a regrade with a mended test will give the points."),
    )  # fmt: skip
    text = forms.CharField(label=_("Answer to the trainee"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def clean(self) -> dict[str, Any]:
        """Raise ValidationError for points beside a refusal: one of the two was not meant."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("decision") == "reject" and cleaned.get("score") is not None:
            self.add_error(
                "score", _("You let the result stay and gave points. Leave them empty, or agree with the appeal.")
            )
        return cleaned

    def hundredths(self) -> int | None:
        """Return the points as the record keeps them."""
        score = self.cleaned_data["score"]
        return None if score is None else int(score * 100)
