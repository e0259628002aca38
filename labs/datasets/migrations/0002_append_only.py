"""Released dataset versions are written once."""

from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("datasets", "0001_initial")]

    operations = [
        AppendOnly("datasets_datasetversion"),
    ]
