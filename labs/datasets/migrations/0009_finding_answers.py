"""What the officer answered before signing a report: one row per finding, never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("datasets", "0008_cleaning"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FindingAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "place",
                    models.PositiveSmallIntegerField(
                        help_text="0: the release as a whole; from 1 on: the report's findings."
                    ),
                ),
                (
                    "check_name",
                    models.CharField(
                        help_text="Check of the engine; `whole` for the release as a whole.", max_length=40
                    ),
                ),
                ("column", models.CharField(blank=True, max_length=200)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="datasets.riskreport"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "place"),
                        name="finding_answered_once",
                        violation_error_message=_("This finding is answered already."),
                    ),
                    models.CheckConstraint(
                        condition=~Q(reason=""),
                        name="finding_answered_with_reason",
                        violation_error_message=_("Say what you saw and why it may stay."),
                    ),
                ]
            },
        ),
        AppendOnly("datasets_findinganswer"),
    ]
