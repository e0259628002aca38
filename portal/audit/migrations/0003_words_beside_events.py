"""People's words move out of what is sealed: new events hold a commitment, the words lie beside them and can be erased.

Events that are there already keep their columns and bytes. The new columns of the table are null, so that SQLite adds
them in place and the triggers stay. Undone, events written meanwhile lose their words and no longer fit their seals.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from portal.audit.erasable import ErasableOnly


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        # Names of fields alone; the columns keep theirs.
        migrations.AlterField(
            "auditevent",
            "actor_label",
            models.CharField(blank=True, db_column="actor_label", max_length=150),
        ),
        migrations.RenameField("auditevent", "actor_label", "old_actor_label"),
        migrations.AlterField(
            "auditevent",
            "target_label",
            models.CharField(blank=True, db_column="target_label", max_length=200),
        ),
        migrations.RenameField("auditevent", "target_label", "old_target_label"),
        migrations.AlterField(
            "auditevent", "details", models.JSONField(blank=True, db_column="details", default=dict)
        ),
        migrations.RenameField("auditevent", "details", "facts"),
        migrations.AddField(
            "auditevent",
            "target_pk",
            models.BigIntegerField(blank=True, help_text="Of a row concerned that has no uuid.", null=True),
        ),
        migrations.AddField(
            "auditevent", "commitment", models.CharField(editable=False, max_length=64, null=True)
        ),
        migrations.CreateModel(
            name="AuditWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("salt", models.CharField(blank=True, max_length=64)),
                ("text", models.TextField(blank=True)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="words", to="audit.auditevent"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(erased_at__isnull=True) & ~Q(salt="") | Q(erased_at__isnull=False, salt="", text=""),
                        name="audit_words_whole_or_erased", violation_error_message='Words of an event are kept whole or erased.',
                    )
                ]
            },
        ),
        ErasableOnly("audit_auditwords"),
    ]
