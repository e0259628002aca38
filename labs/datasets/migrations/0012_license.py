"""The license is spelled as everywhere else; what audit events and released packages say keeps its key."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("datasets", "0011_data_requests")]

    # The table has no triggers, and both databases rename a column in place.
    operations = [
        migrations.RenameField("dataset", "licence", "license"),
        migrations.RenameField("dataset", "licence_url", "license_url"),
    ]
