"""What was granted to a trainee is written once; a later row holds instead."""

from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("assignments", "0003_rules_and_reports")]

    operations = [AppendOnly("assignments_labextension")]
