"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "catalog.course_created": _("Course made"),
    "catalog.course_changed": _("Course changed"),
    "catalog.lesson_created": _("Lesson made"),
    "catalog.lesson_changed": _("Lesson changed"),
    "catalog.run_created": _("Run made"),
    "catalog.run_changed": _("Run changed"),
}

SENTENCES = {
    "catalog.course_created": _("%(actor)s made the course %(target)s"),
    "catalog.course_changed": _("%(actor)s changed the course %(target)s"),
    "catalog.lesson_created": _("%(actor)s made the lesson %(target)s"),
    "catalog.lesson_changed": _("%(actor)s changed the lesson %(target)s"),
    "catalog.run_created": _("%(actor)s made the run %(target)s"),
    "catalog.run_changed": _("%(actor)s changed the run %(target)s"),
}
