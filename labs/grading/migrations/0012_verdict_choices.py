from django.db import migrations, models


class Migration(migrations.Migration):
    """The column lists the grader's verdicts; nothing changes in the database."""

    dependencies = [
        ("grading", "0011_fair_queue_constraints"),
    ]

    operations = [
        migrations.AlterField(
            model_name="questionresult",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("passed", "Correct"),
                    ("partial", "Partly correct"),
                    ("failed", "Not correct yet"),
                    ("error", "The code stopped with an error"),
                    ("timeout", "Took too long"),
                    ("memory", "Used too much memory"),
                    ("output", "Printed too much"),
                    ("crashed", "The program ended unexpectedly"),
                    ("manual", "Marked by the instructor"),
                    ("not_checkable", "Checked after submission"),
                ],
                max_length=16,
            ),
        ),
    ]
