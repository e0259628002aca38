"""Forms of courses, lessons and runs on the authors' screens; every choice is among the author's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from courses.partners.queries import access_programs_for
from portal.users.models import Role
from portal.users.rights import has_role

from .models import Course, CourseRun, Lesson
from .queries import own_courses

LEAST_HOURS, MOST_HOURS = Decimal("0.5"), Decimal(200)


class HoursField(forms.DecimalField):
    """Learning hours as people write them, 6 or 1.5; the value is in hundredths, as the record keeps it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=6, decimal_places=2, widget=forms.NumberInput(attrs={"step": "any"}), **options)

    def prepare_value(self, value: Any) -> Any:
        """Return what stands in the control: hours, or what was typed."""
        return f"{(Decimal(value) / 100).normalize():f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Hundredths. Raises ValidationError for hours that no course has, such as a slip of the decimal point."""
        written = super().clean(value)
        if written is None:
            return None
        if written and not LEAST_HOURS <= written <= MOST_HOURS:
            raise forms.ValidationError(_("A course has between 0.5 and 200 learning hours, or 0 for none."))
        return int(written * 100)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether other hours were typed."""
        before = None if initial is None else Decimal(initial) / 100
        return bool(super().has_changed(before, data))


class _OwnForm(WagtailAdminModelForm):
    """A form for one author; what a row hangs on is fixed once it is made."""

    fixed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate()
        for name in self.fixed if self.instance.pk is not None else ():
            self.fields[name].disabled = True


class CourseForm(_OwnForm):
    """A course; an instructor makes it for one of the own programs."""

    fixed = ("code",)
    hours = HoursField(
        label=_("learning hours"),
        help_text=_("Credited for completing the course; one decimal will do, as in 6 or 1.5."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        program = self.fields["program"]
        assert isinstance(program, forms.ModelChoiceField)  # a foreign key's field
        program.queryset = access_programs_for(self.for_user, self.today, Role.INSTRUCTOR).order_by("name", "pk")
        program.required = not has_role(self.for_user, Role.ADMINISTRATOR, on=self.today)

    class Meta:
        model = Course
        fields = ["code", "title", "title_en", "program", "hours"]


class _OfCourseForm(_OwnForm):
    """Something of a course: of an own one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        course = self.fields["course"]
        assert isinstance(course, forms.ModelChoiceField)  # a foreign key's field
        course.queryset = own_courses(self.for_user, self.today).order_by("title", "pk")


class LessonForm(_OfCourseForm):
    """A lesson."""

    fixed = ("course", "code")

    class Meta:
        model = Lesson
        fields = ["course", "code", "title", "title_en", "order", "minimum_seconds", "is_required"]


class RunForm(_OfCourseForm):
    """A run."""

    fixed = ("course", "code")

    class Meta:
        model = CourseRun
        fields = [
            "course",
            "code",
            "name",
            "delivery",
            "enroll_opens_at",
            "enroll_closes_at",
            "starts_at",
            "ends_at",
            "capacity",
        ]
        widgets = dict.fromkeys(("enroll_opens_at", "enroll_closes_at", "starts_at", "ends_at"), AdminDateTimeInput)
