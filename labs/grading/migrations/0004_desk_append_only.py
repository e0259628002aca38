"""Rubrics, what was marked by them and feedback are written once; corrections supersede."""

from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("grading", "0003_practice_loop")]

    operations = [
        AppendOnly("grading_rubric"),
        AppendOnly("grading_markrubric"),
        AppendOnly("grading_feedback"),
    ]
