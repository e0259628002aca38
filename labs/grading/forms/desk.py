"""Forms of the desk: the queue's filter, marks by rubric, rubrics, stock comments, feedback, files of marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from courses.catalog.models import CourseRun
from labs.grading.forms import MarkForm
from labs.grading.models import StockComment
from labs.grading.queries.rubrics import Criterion, Level, points_of_levels

QUEUE_KINDS = (
    ("", gettext_lazy("Everything that waits")),
    ("manual", gettext_lazy("Waiting for marks")),
    ("appeal", gettext_lazy("Appeals")),
    ("failed", gettext_lazy("Could not be graded")),
    ("flagged", gettext_lazy("Flagged")),
)
MOST_CRITERIA = 8


class QueueFilter(forms.Form):
    """How the waiting list is narrowed."""

    kind = forms.ChoiceField(label=gettext_lazy("Reason"), choices=QUEUE_KINDS, required=False)
    run = forms.ChoiceField(label=gettext_lazy("Run"), required=False)
    lab = forms.ChoiceField(label=gettext_lazy("Lab"), required=False)
    older = forms.BooleanField(label=gettext_lazy("Older attempts too"), required=False)

    def __init__(self, data: Mapping[str, Any], runs: QuerySet[CourseRun], labs: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        named = runs.order_by("-starts_at", "pk").values_list("code", "name")
        self.fields["run"].choices = [("", gettext_lazy("All")), *named]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["lab"].choices = [("", gettext_lazy("All")), *labs]  # type: ignore[attr-defined]  # a ChoiceField


class RubricMarkForm(MarkForm):
    """Points and comment, or levels that add up to the points, and a stock comment to be added."""

    def __init__(
        self, *arguments: Any, criteria: Sequence[Criterion] = (), stock: Sequence[StockComment] = (), **more: Any
    ) -> None:
        super().__init__(*arguments, **more)
        self.criteria = criteria
        self.fields["score"].required = not criteria
        for number, criterion in enumerate(criteria):
            self.fields[f"level{number}"] = forms.ChoiceField(
                label=criterion.title,
                required=False,
                widget=forms.RadioSelect,
                choices=[(str(place), level.title) for place, level in enumerate(criterion.levels)],
            )
        if stock:
            choices = [("", "–"), *((str(one.uuid), _stock_label(one)) for one in stock)]
            self.fields["stock"] = forms.ChoiceField(
                label=gettext_lazy("Add from the library"), required=False, choices=choices
            )
        self._stock = {str(one.uuid): one.text for one in stock}

    def clean(self) -> dict[str, Any]:
        """Take the points from the levels where none were typed; add the stock comment that was chosen."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.criteria and cleaned.get("score") is None and "score" not in self.errors:
            points = points_of_levels(self.criteria, self.levels())
            if points is None:
                self.add_error("score", _("Choose a level for every criterion, or give the points."))
            else:
                cleaned["score"] = Decimal(points) / 100
        added = self._stock.get(cleaned.get("stock", ""), "")
        if added and added not in cleaned.get("comment", ""):
            cleaned["comment"] = f"{cleaned.get('comment', '')}\n{added}".strip()
        return cleaned

    def levels(self) -> list[int | None]:
        """Return the level chosen for each criterion."""
        chosen = [self.cleaned_data.get(f"level{number}", "") for number in range(len(self.criteria))]
        return [int(each) if each else None for each in chosen]

    def criterion_fields(self) -> Iterator[tuple[Criterion, Any, list[tuple[Level, Any]]]]:
        """Each criterion with its bound field and, level by level, the radio button."""
        for number, criterion in enumerate(self.criteria):
            field = self[f"level{number}"]
            yield criterion, field, list(zip(criterion.levels, field.subwidgets, strict=True))


def _stock_label(comment: StockComment) -> str:
    text = comment.text if len(comment.text) <= 40 else f"{comment.text[:39]}…"
    return f"/{comment.shortcut}  {text}" if comment.shortcut else text


class RubricForm(forms.Form):
    """Criteria of a question: a title and, a line each, the levels as `points title`."""

    def __init__(self, *arguments: Any, criteria: Sequence[Criterion] = (), most: int = 0, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.most = most
        for number in range(MOST_CRITERIA):
            known = criteria[number] if number < len(criteria) else None
            levels = "\n".join(f"{level.points / 100:g} {level.title}" for level in known.levels) if known else ""
            self.fields[f"title{number}"] = forms.CharField(
                label=_("Criterion %(number)s") % {"number": number + 1},
                max_length=120,
                required=False,
                initial=known.title if known else "",
            )
            self.fields[f"levels{number}"] = forms.CharField(
                label=_("Levels"),
                required=False,
                initial=levels,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def shown_rows(self) -> list[tuple[Any, Any]]:
        """Title and levels of the criteria in use, and of the next one."""
        return self._rows()[: self._used() + 1]

    def further_rows(self) -> list[tuple[Any, Any]]:
        """Those that a rubric seldom needs."""
        return self._rows()[self._used() + 1 :]

    def _used(self) -> int:
        fields = [self[f"{name}{number}"] for number in range(MOST_CRITERIA) for name in ("title", "levels")]
        return max((place // 2 + 1 for place, each in enumerate(fields) if each.value()), default=0)

    def _rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"title{number}"], self[f"levels{number}"]) for number in range(MOST_CRITERIA)]

    def clean(self) -> dict[str, Any]:
        """Read the levels; the best ones together are the question's points."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        criteria = []
        for number in range(MOST_CRITERIA):
            title, text = cleaned.get(f"title{number}", ""), cleaned.get(f"levels{number}", "")
            if not title and not text:
                continue
            try:
                criteria.append(Criterion(title, tuple(_read_levels(text))))
            except (ValueError, InvalidOperation):
                self.add_error(f"levels{number}", _("A line each: points, a blank, what the level means."))
            if not title:
                self.add_error(f"title{number}", _("Name the criterion."))
        total = sum(each.most for each in criteria)
        if not self.errors and total != self.most:
            self.add_error(
                None,
                _("The best levels add up to %(total)s points; the question has %(most)s.")
                % {"total": f"{total / 100:g}", "most": f"{self.most / 100:g}"},
            )
        cleaned["criteria"] = criteria
        return cleaned


def _read_levels(text: str) -> Iterator[Level]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not 1 <= len(lines) <= 9:
        raise ValueError(text)
    for line in lines:
        points, _blank, title = line.partition(" ")
        hundredths = Decimal(points) * 100
        if not title.strip() or hundredths != hundredths.to_integral_value() or not 0 <= hundredths <= 100_000:
            raise ValueError(line)
        yield Level(title.strip()[:200], int(hundredths))


class StockCommentForm(forms.ModelForm[StockComment]):
    """A comment for the library of a course."""

    class Meta:
        model = StockComment
        fields = ("shortcut", "text")
        labels = {"shortcut": gettext_lazy("Shortcut"), "text": pgettext_lazy("mark", "Comment")}
        help_texts = {
            "shortcut": gettext_lazy("Letters or digits. Typing / and the shortcut in a comment writes the whole text.")
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def clean_shortcut(self) -> str:
        """Letters and digits, in small letters."""
        shortcut = str(self.cleaned_data["shortcut"]).strip().lstrip("/").lower()
        if shortcut and not shortcut.isalnum():
            raise forms.ValidationError(_("Letters and digits only."))
        return shortcut


class FeedbackForm(forms.Form):
    """Words to trainees about a question."""

    text = forms.CharField(
        label=gettext_lazy("Comment for the trainees"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class MarksFileForm(forms.Form):
    """A file of marks."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV (UTF-8) or XLSX with the columns receipt, question, points, comment."),
        validators=[FileExtensionValidator(["csv", "xlsx"])],
    )
