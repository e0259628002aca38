"""What was met, completed and credited is never changed, whoever writes to the tables."""

from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_initial")]

    operations = [
        AppendOnly("learning_requirementmet"),
        AppendOnly("learning_coursecompletion"),
        AppendOnly("learning_learninghours"),
    ]
