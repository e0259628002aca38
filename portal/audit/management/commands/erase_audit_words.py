"""Erases the words beside audit events, for one person or for single events."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from portal.audit.actions import NoReason, erase_words
from portal.audit.models import AuditEvent


class Command(BaseCommand):
    """Prints how many events were meant, erased, and could not be because their seals cover the words."""

    help = "Erases names and other words beside audit events; the chain goes on fitting. Prints the result as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("--person", metavar="LOGIN", help="What the person did, what concerns or names the person.")
        chosen.add_argument("--event", metavar="UUID", nargs="+", help="Single events.")
        parser.add_argument("--by", metavar="LOGIN", required=True, help="The administrator who decided it.")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--dry-run", action="store_true", help="Only tell how many.")

    def handle(self, *args: Any, **options: Any) -> None:
        by = _person(options["by"])
        condition = _concerning(_person(options["person"])) if options["person"] else Q(uuid__in=options["event"])
        try:
            meant = AuditEvent.objects.filter(condition)
            standing = list(meant.filter(words__erased_at__isnull=True, commitment__isnull=False))
            told = {"events": len(standing), "erased": 0, "older_form": meant.filter(commitment__isnull=True).count()}
            if not options["dry_run"]:
                told["erased"] = erase_words(events=standing, reason=options["reason"], by=by, at=timezone.now())
        except PermissionDenied as error:
            raise CommandError(
                f"{by.get_username()} may not erase words; an administrator of the province may"
            ) from error
        except (NoReason, ValidationError) as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error
        self.stdout.write(json.dumps(told))


def _person(login: str) -> Any:
    found = get_user_model()._default_manager.filter(username__iexact=login).first()
    if found is None:
        raise CommandError(f"nobody has the login name {login}")
    return found


def _concerning(user: Any) -> Q:
    """Find the login name as a whole value of the words, so that nobody with a longer one is meant."""
    quoted = json.dumps(user.get_username())
    return Q(actor=user) | Q(target_uuid=user.uuid) | Q(words__text__contains=quoted)
