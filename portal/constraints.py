"""A broken constraint is said at the field where it can be mended, not above the form."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models


class ConstraintsAtFields(models.Model):
    """A model whose forms show each constraint's sentence at a field of theirs.

    A unique constraint belongs to the last of its fields; `constraint_fields` names the field of every other one.
    """

    constraint_fields: ClassVar[dict[str, str]] = {}

    class Meta:
        abstract = True

    @classmethod
    def field_of(cls, constraint: models.BaseConstraint) -> str:
        """Return the field where a broken constraint is mended; empty where nobody has said so."""
        fields = constraint.fields if isinstance(constraint, models.UniqueConstraint) else ()
        return cls.constraint_fields.get(constraint.name) or (fields[-1] if fields else "")

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Raise ValidationError with each sentence at its field, or above the form that does not show the field."""
        errors: dict[str, list[ValidationError]] = {}
        left_out = set(exclude or ())
        for model_class, constraints in self.get_constraints():
            for constraint in constraints:
                try:
                    constraint.validate(model_class, self, exclude=left_out)
                except ValidationError as error:
                    field = self.field_of(constraint)
                    place = field if field and field not in left_out else NON_FIELD_ERRORS
                    errors.setdefault(place, []).extend(error.error_list)
        if errors:
            raise ValidationError(errors)
