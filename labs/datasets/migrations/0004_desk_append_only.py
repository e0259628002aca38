"""What the data desk has written down stays: recipes, steps, passports, withdrawals, mounts; reports once approved."""

from django.db import migrations

from labs.datasets.frozen import FrozenWhen
from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("datasets", "0003_release_desk")]

    operations = [
        AppendOnly("datasets_recipe"),
        AppendOnly("datasets_draftevent"),
        AppendOnly("datasets_passport"),
        AppendOnly("datasets_withdrawal"),
        AppendOnly("datasets_mountlog"),
        FrozenWhen("datasets_riskreport", "approved_at"),
    ]
