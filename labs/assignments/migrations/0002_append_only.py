"""Releases, their data and their questions are written once."""

from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("assignments", "0001_initial")]

    operations = [
        AppendOnly("assignments_labrelease"),
        AppendOnly("assignments_labreleasedata"),
        AppendOnly("assignments_labquestion"),
    ]
