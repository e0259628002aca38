"""Imports the datasets that every installation begins with, and releases them when two people are named who sign."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from labs.datasets.loading import Signers, fetch_wheels, load_source
from labs.datasets.models import DatasetVersion
from labs.datasets.queries import problems_of_version
from labs.datasets.refusals import DeskRefused
from labs.datasets.sources import SOURCES, DatasetSource, ImportProblem
from labs.datasets.vault import Vault
from portal.users.models import User


class Command(BaseCommand):
    """Idempotent: what is released and whole is left alone."""

    help = "Imports real city data and, signed by two people, releases it for labs (safe to repeat)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--steward", default="", help="Login name of the data steward who prepares the reports.")
        parser.add_argument("--officer", default="", help="Login name of the privacy officer who approves them.")

    def handle(self, *args: Any, **options: Any) -> None:
        signers = self._signers(options["steward"], options["officer"])
        fetch_wheels(SOURCES, Vault.from_settings())
        failed = [source.code for source in SOURCES if not self._load(source, signers)]
        if signers and SOURCES and SOURCES[0].code in failed:
            raise CommandError(f"{SOURCES[0].code}: 没有发布 / was not released")

    def _signers(self, steward: str, officer: str) -> Signers | None:
        if not steward and not officer:
            return None
        people = {user.username: user for user in User.objects.filter(username__in=[steward, officer])}
        if steward not in people or officer not in people:
            raise CommandError(f"没有这个用户 / no such user: {steward or '—'}, {officer or '—'}")
        return Signers(people[steward], people[officer])

    def _load(self, source: DatasetSource, signers: Signers | None) -> bool:
        try:
            version = load_source(source=source, signers=signers, at=timezone.now())
        except (ImportProblem, DeskRefused) as problem:
            # One dataset without its source must not keep the installation from starting.
            self.stderr.write(f"{source.code}: {problem}")
            return False
        if version is None:
            self.stdout.write(
                f"{source.code}: 没有可用版本，等待数据管理员与隐私保护专员 / no usable version, waits for two people"
            )
            return True
        return self._is_whole(version)

    def _is_whole(self, version: DatasetVersion) -> bool:
        problems = problems_of_version(version, settings.PATHS.datasets)
        for problem in problems:
            self.stderr.write(problem)
        self.stdout.write(f"{version}: {version.rows} rows, sha256 {version.sha256}")
        return not problems
