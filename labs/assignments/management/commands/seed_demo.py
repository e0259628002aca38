"""Fills an installation with the demo province: people, courses, certificates, data and a lab."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from courses.catalog import demo as catalog_demo
from courses.certification import demo as certification_demo
from courses.learning import demo as learning_demo
from labs.assignments import demo as labs_demo
from labs.assignments.actions import AssignmentRefused, ReleaseRefused
from labs.assignments.demo_links import link_clauses
from labs.datasets import demo as datasets_demo
from labs.grader.client import GraderAway, GraderRefused, grader_at_hand
from portal.knowledge import demo as knowledge_demo
from portal.organizations import demo as people_demo
from portal.users.models import User

LAB_AUTHOR = "zhang.jun"


class Command(BaseCommand):
    """Each part is made once; repeating the command changes nothing."""

    help = "Seeds the demo province (safe to repeat)."

    def handle(self, *args: Any, **options: Any) -> None:
        at, paths = timezone.now(), settings.PATHS
        self._say("people and units")
        people_demo.seed(at=at, paths=paths)
        self._say("partners, courses, pages and runs")
        catalog_demo.seed(at=at, paths=paths)
        learning_demo.seed(at=at)
        self._say("certifications")
        certification_demo.seed(at=at, paths=paths)
        self._say("city data")
        people = {"steward": datasets_demo.STEWARD, "officer": datasets_demo.OFFICER}
        call_command("load_datasets", stdout=self.stdout, stderr=self.stderr, **people)
        datasets_demo.seed(author=User.objects.get(username=LAB_AUTHOR), at=timezone.now())
        self._seed_labs(at)
        self._say("policies and what rests on them")
        knowledge_demo.seed(at=at)
        link_clauses(at=at)
        self._say("search entries")
        call_command("index_content", stdout=self.stdout)
        self._say("done")

    def _seed_labs(self, at: datetime) -> None:
        author, grader = User.objects.get(username=LAB_AUTHOR), grader_at_hand()
        for outline in labs_demo.LABS:
            self._say(f"lab {outline.title.partition('：')[0]}: check, release, assign")
            try:
                labs_demo.seed(outline=outline, author=author, grader=grader, at=at)
            except (ReleaseRefused, AssignmentRefused, GraderAway, GraderRefused) as problem:
                raise CommandError(f"实训没有发布 / the lab was not released: {problem}") from problem

    def _say(self, text: str) -> None:
        self.stdout.write(f"seed: {text}")
        self.stdout.flush()
