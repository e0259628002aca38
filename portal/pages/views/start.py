"""The start page of staff: who one is here, what one may do, what waits; and the help for each role."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from wagtail import hooks

from portal.organizations.accounts import grant_lines
from portal.organizations.contacts import contacts_of
from portal.pages.helping import help_steps
from portal.pages.queries import Waiting, spoken_language
from portal.users.models import STAFF_ROLES, Role
from portal.users.permissions import role_required, signed_in
from portal.users.rights import roles_of
from portal.users.role_sentences import SENTENCES


@role_required(*sorted(STAFF_ROLES))
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits for the reader, told by the apps by the hook `chengxue_waiting`; own roles in a sentence each."""
    told = [each for tell in hooks.get_hooks("chengxue_waiting") for each in tell(request)]
    # Apps below this one cannot know `Waiting` and tell a dict.
    waiting = [Waiting(**each) if isinstance(each, dict) else each for each in told]
    lines = grant_lines(signed_in(request), timezone.localdate())
    context = {
        "waiting": [each for each in waiting if each.count],
        "quiet": [each for each in waiting if not each.count],
        "roles": [(line, SENTENCES[line.grant.role]) for line in lines],
    }
    return render(request, "pages/work.html", context)


@login_required
@require_GET
def role_help(request: HttpRequest) -> HttpResponse:
    """Show what one does here in each of one's roles, step by step; the reader's own roles first."""
    own = roles_of(signed_in(request), timezone.localdate())
    sections = [
        {
            "role": role.value,
            "label": role.label,
            "sentence": SENTENCES[role],
            "is_own": role in own,
            "steps": help_steps(role, spoken_language(), leads_on=role in own),
        }
        for role in sorted(Role, key=lambda each: each.value not in own)
    ]
    contacts = contacts_of(signed_in(request), timezone.localdate())
    return render(request, "pages/role_help.html", {"sections": sections, "contacts": contacts})
