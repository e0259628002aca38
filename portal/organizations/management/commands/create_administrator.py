"""Makes the first administrator of an installation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.organizations.actions import AdministratorExists, open_first_administrator
from portal.organizations.models import Position, Region
from portal.organizations.queries import administrators


class Command(BaseCommand):
    """For whoever installs: the code is shown once and kept nowhere. Later administrators are made on the site."""

    help = "Makes the first administrator, once, and prints the one-time code with which to set a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", help="login name: a staff number or a chosen code")
        parser.add_argument("--name", help="the person's name")
        parser.add_argument("--region", default="610000", help="code of the province (default 610000)")
        parser.add_argument("--organization", default="PLATFORM", help="code of the unit, made when it is missing")
        parser.add_argument("--organization-name", default="", help="name of a unit that is made")
        parser.add_argument("--position", default="GW-XCZ", help="code of the post (default GW-XCZ)")
        parser.add_argument("--is-needed", action="store_true", help="only say yes or no")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if options["is_needed"]:
            self.stdout.write("no" if administrators(timezone.localdate(at)).exists() else "yes")
            return
        if not options["username"] or not options["name"]:
            raise CommandError(
                _("Give a login name and --name, for example: create_administrator zhang.san --name 张三")
            )
        code = self._make(options, at)
        self.stdout.write(_("Login name: %(username)s") % {"username": options["username"]})
        self.stdout.write(_("One-time code, shown this once: %(code)s") % {"code": code})
        address = settings.PORTAL_URL + reverse("users:first_login")
        self.stdout.write(_("Set the password within 7 days at %(address)s") % {"address": address})

    def _make(self, options: dict[str, Any], at: Any) -> str:
        asked = {key: options[key] for key in ("username", "name", "region", "organization")}
        try:
            return open_first_administrator(
                **asked, organization_name=options["organization_name"], position=options["position"], at=at
            )
        except AdministratorExists as there:
            raise CommandError(
                _("There is an administrator already. Ask for an account: %(names)s")
                % {"names": ", ".join(there.names)}
            ) from there
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from wrong
        except Region.DoesNotExist as wrong:
            raise CommandError(_("No province has the code %(code)s.") % {"code": options["region"]}) from wrong
        except Position.DoesNotExist as wrong:
            raise CommandError(_("No post has the code %(code)s.") % {"code": options["position"]}) from wrong
