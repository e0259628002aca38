"""Appeals and their answers are written once."""

from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("grading", "0004_desk_append_only")]

    operations = [AppendOnly("grading_appeal"), AppendOnly("grading_appealanswer")]
