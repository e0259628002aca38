"""Seals signed once a day, and auditors' wishes to have the chain verified."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("audit", "0003_words_beside_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditAnchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField(unique=True)),
                ("hash", models.CharField(max_length=64)),
                ("anchored_at", models.DateTimeField()),
                (
                    "key",
                    models.CharField(help_text="First digits of the SHA-256 of the public key.", max_length=16),
                ),
                ("signature", models.CharField(help_text="Ed25519, hexadecimal.", max_length=128)),
            ],
        ),
        AppendOnly("audit_auditanchor"),
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("needs_person", "Needs a person"),
                        ],
                        db_index=True,
                        default="queued",
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("not_before", models.DateTimeField(help_text="Not taken before this instant.")),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                (
                    "worker",
                    models.CharField(blank=True, help_text="host:pid of the lease's holder.", max_length=120),
                ),
                (
                    "lease_token",
                    models.CharField(blank=True, help_text="Random name of the present lease.", max_length=32),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True)),
                ("sealed", models.BigIntegerField(default=0, help_text="Seals when it was asked for.")),
                ("checked", models.BigIntegerField(default=0, help_text="Seals looked at so far.")),
                ("result", models.JSONField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(status__in=["queued", "running"]),
                        fields=("asked_by",),
                        name="audit_one_open_check_each", violation_error_message='A check that you asked for is still running.',
                    )
                ]
            },
        ),
    ]
