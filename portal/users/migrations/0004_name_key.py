"""Every person's name gets a key by which it is found, however it is typed."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from portal.writing import name_key


def fill_keys(apps: Any, schema_editor: Any) -> None:
    """The key of each name that is there."""
    users = apps.get_model("users", "User").objects
    batch = []
    for user in users.only("pk", "name").iterator(chunk_size=1000):
        user.name_key = name_key(user.name)
        batch.append(user)
        if len(batch) == 1000:
            users.bulk_update(batch, ["name_key"])
            batch = []
    users.bulk_update(batch, ["name_key"])


class Migration(migrations.Migration):
    dependencies = [("users", "0003_former_names")]

    operations = [
        migrations.AddField(
            "user", "name_key", models.CharField(max_length=240, default="", blank=True, editable=False)
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
    ]
