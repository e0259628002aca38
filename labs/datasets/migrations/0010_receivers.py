"""The receiver of a grant becomes a kind and a uuid, both ways without a loss."""

from django.conf import settings
from django.db import migrations, models

# Kind of receiver, the column that held it, and its model.
KINDS = (
    ("run", "run", ("catalog", "CourseRun")),
    ("unit", "cohort", ("organizations", "Organization")),
    ("person", "user", ("users", "User")),
)


def name_receivers(apps, schema_editor):
    """Write kind and uuid from the three columns."""
    grants = apps.get_model("datasets", "AccessGrant")
    for kind, column, model in KINDS:
        uuids = dict(apps.get_model(*model).objects.values_list("pk", "uuid"))
        for grant in grants.objects.filter(**{f"{column}__isnull": False}).iterator():
            grants.objects.filter(pk=grant.pk).update(
                receiver_kind=kind, receiver_uuid=uuids[getattr(grant, f"{column}_id")]
            )


def point_at_receivers(apps, schema_editor):
    """Write the three columns from kind and uuid; a grant of a later kind has no column and stops this."""
    grants = apps.get_model("datasets", "AccessGrant")
    known = [kind for kind, _, _ in KINDS]
    if grants.objects.exclude(receiver_kind__in=known).exists():
        raise RuntimeError("有授权属于后来增加的接收方类别，不能退回 / grants of later kinds of receivers cannot go back")
    for kind, column, model in KINDS:
        ids = dict(apps.get_model(*model).objects.values_list("uuid", "pk"))
        for grant in grants.objects.filter(receiver_kind=kind).iterator():
            grants.objects.filter(pk=grant.pk).update(**{f"{column}_id": ids[grant.receiver_uuid]})
    if schema_editor.connection.vendor == "postgresql":
        # Checks that wait for the end of the transaction would forbid to alter the table before it.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_constraint_sentences"),
        ("organizations", "0002_constraint_sentences"),
        ("datasets", "0009_finding_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("accessgrant", "data_grant_one_receiver"),
        migrations.AddField(
            "accessgrant",
            "receiver_kind",
            models.CharField(default="", help_text="A kind of labs/datasets/receivers.py.", max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            "accessgrant", "receiver_uuid", models.UUIDField(null=True, help_text="The row of that kind.")
        ),
        migrations.RunPython(name_receivers, point_at_receivers),
        migrations.AlterField(
            "accessgrant", "receiver_uuid", models.UUIDField(help_text="The row of that kind.")
        ),
        migrations.RemoveField("accessgrant", "run"),
        migrations.RemoveField("accessgrant", "cohort"),
        migrations.RemoveField("accessgrant", "user"),
        migrations.AddIndex(
            "accessgrant",
            models.Index(fields=["receiver_kind", "receiver_uuid"], name="data_grant_of_receiver"),
        ),
        migrations.AddConstraint(
            "accessgrant",
            models.CheckConstraint(
                condition=models.Q(("receiver_kind", ""), _negated=True),
                name="data_grant_with_receiver",
                violation_error_message="Say who may use the data.",
            ),
        ),

    ]
