"""Awards, revocations and documents are written once."""

from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("certification", "0001_initial")]

    operations = [
        AppendOnly("certification_certificationaward"),
        AppendOnly("certification_awardrevocation"),
        AppendOnly("certification_awarddocument"),
    ]
