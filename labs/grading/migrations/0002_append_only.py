"""What was submitted, found, marked and graded is written once; corrections supersede."""

from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("grading", "0001_initial")]

    operations = [
        AppendOnly("grading_submission"),
        AppendOnly("grading_questionresult"),
        AppendOnly("grading_manualmark"),
        AppendOnly("grading_grade"),
    ]
