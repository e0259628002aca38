"""Gives Checks that are not finished their trainee's two places; the rule holds for those that wait already, too."""

from collections import defaultdict

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PLACES = 2


def give_places(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Runs before waiting ones, newer before older; an older one that waits and finds no place is replaced."""
    runs = apps.get_model("grading", "GradingRun").objects.filter(cause="check", status__in=["queued", "running"])
    by_person = defaultdict(list)
    for run in runs.select_related("submission").order_by("-pk"):
        by_person[run.submission.user_id].append(run)
    for person, found in by_person.items():
        kept = []
        for run in sorted(found, key=lambda each: each.status != "running"):
            lab = run.submission.assignment_id
            newer = [each for each in kept if each.submission.assignment_id == lab and each.status == "queued"]
            if len(kept) < PLACES and not (newer and run.status == "queued"):
                kept.append(run)
                run.check_of_id, run.check_place = person, len(kept)
            else:
                run.status, run.finished_at, run.lease_until = "done", run.created_at, None
                run.replaced_by = (newer or kept)[0]
            run.save()


class Migration(migrations.Migration):

    dependencies = [
        ("grading", "0009_fair_queue"),
    ]

    operations = [
        migrations.RunPython(give_places, migrations.RunPython.noop),
    ]
