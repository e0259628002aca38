from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("users", "0005_reading_aids"),
    ]

    operations = [
        # Nothing changes in the database: which kinds there are is said by those who own them (`users.scopes`).
        migrations.AlterField(
            model_name="rolegrant",
            name="scope_kind",
            field=models.CharField(max_length=16),
        ),
    ]
