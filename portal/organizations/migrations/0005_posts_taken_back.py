from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A transfer that began and was a mistake is taken back; a request for it then says so."""

    dependencies = [("organizations", "0004_room_and_phone")]

    operations = [
        migrations.AddField(
            model_name="jobassignment",
            name="taken_back_at",
            field=models.DateTimeField(blank=True, help_text="Set once; why stands in the audit.", null=True),
        ),
        migrations.RemoveConstraint(model_name="jobassignment", name="job_one_open_primary"),
        migrations.AddConstraint(
            model_name="jobassignment",
            constraint=models.UniqueConstraint(
                condition=Q(end_date__isnull=True, is_primary=True, taken_back_at__isnull=True),
                fields=("user",),
                name="job_one_open_primary",
                violation_error_message="This person has a primary post already. Transfer the person instead.",
            ),
        ),
        migrations.AlterField(
            model_name="transferrequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waits for an answer"),
                    ("accepted", "Accepted"),
                    ("refused", "Refused"),
                    ("withdrawn", "Withdrawn"),
                    ("expired", "Expired"),
                    ("undone", "Accepted, then cancelled"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
    ]
