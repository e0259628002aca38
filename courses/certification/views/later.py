"""Ways on from what came too late: awards that nobody gave, and a new award after a wrong revocation."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from courses.certification.actions import AwardNotRevoked, award_after_revocation, award_owed
from courses.certification.backlog import chosen, owed_for
from courses.certification.forms import ReasonForm
from courses.certification.queries import managed_awards_for, revocation_reason
from portal.users.asking import wants_back
from portal.users.models import Role
from portal.users.permissions import role_required, signed_in


@role_required(Role.HR, Role.ADMINISTRATOR)
@never_cache
def backlog(request: HttpRequest) -> HttpResponse:
    """Courses that were completed before their certification existed: choose, look once more, award."""
    by, at = signed_in(request), timezone.now()
    person = _known_uuid(request.GET.get("person", ""))
    owed = owed_for(by, timezone.localdate(at), person)
    wanted = chosen(owed, request.POST.getlist("owed"))
    if request.method == "POST" and not wants_back(request):
        if not wanted:
            messages.warning(request, _("Choose at least one person."))
        elif request.POST.get("confirmed") == "yes":
            awards = award_owed(owed=wanted, by=by, at=at)
            said = ngettext("%(number)s certificate is awarded.", "%(number)s certificates are awarded.", len(awards))
            messages.success(request, said % {"number": len(awards)})
            return redirect("certification:backlog")
        else:
            return render(request, "certification/backlog_confirm.html", {"owed": wanted, "today": at})
    return render(request, "certification/backlog.html", {"owed": owed, "wanted": wanted})


@role_required(Role.HR, Role.ADMINISTRATOR)
@never_cache
def award_again(request: HttpRequest, award_uuid: uuid.UUID) -> HttpResponse:
    """Show a new award in place of one that was revoked wrongly; the revocation stays on record."""
    by, at = signed_in(request), timezone.now()
    award = managed_awards_for(by, timezone.localdate(at)).filter(uuid=award_uuid, revocation__isnull=False).first()
    if award is None:
        raise Http404
    if hasattr(award, "superseded_by"):
        text = _("In place of %(old)s the certificate %(serial)s was issued already.")
        messages.info(request, text % {"old": award.serial, "serial": award.superseded_by.serial})
        return redirect("hr:person", award.user.uuid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            successor = award_after_revocation(award=award, reason=form.cleaned_data["reason"], by=by, at=at)
        except AwardNotRevoked:
            form.add_error(None, _("A new certificate was issued in its place in the meantime."))
        else:
            text = _("The new certificate has the number %(serial)s; the revoked one names it.")
            messages.success(request, text % {"serial": successor.serial})
            return redirect("hr:person", award.user.uuid)
    context = {"form": form, "award": award, "because": revocation_reason(award)}
    return render(request, "certification/award_again.html", context, status=400 if form.errors else 200)


def _known_uuid(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None
