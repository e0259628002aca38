"""Pages of certificates: one's own, verification by everybody, revoking and replacing."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from courses.certification import limits
from courses.certification.actions import AwardNotCurrent, revoke_award, supersede_award
from courses.certification.documents import open_document
from courses.certification.forms import LookupForm, ReasonForm
from courses.certification.queries import (
    access_awards_for,
    award_by_serial_and_name,
    award_by_token,
    is_unprintable,
    managed_awards_for,
    own_awards,
    standing,
)
from courses.certification.verification import name_note, verified_facts
from portal.users.models import Role, User
from portal.users.permissions import role_required

PAGE_SIZE = 20


@login_required
def certificates(request: HttpRequest) -> HttpResponse:
    """List the reader's own certificates."""
    page = Paginator(own_awards(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {"page_obj": page, "standings": [standing(award, today) for award in page.object_list]}
    return render(request, "certification/certificates.html", context)


@login_required
@never_cache
def document(request: HttpRequest, award_uuid: uuid.UUID) -> HttpResponseBase:
    """Hand out the printed certificate to its holder and to those who may see the holder."""
    award = access_awards_for(request.user, timezone.localdate()).filter(uuid=award_uuid).first()
    if award is None:
        raise Http404
    if not hasattr(award, "document"):
        context = {"award": award, "is_unprintable": is_unprintable(award)}
        return render(request, "certification/being_printed.html", context, status=404)
    found = standing(award, timezone.localdate())
    if not found.is_current and request.GET.get("record") != "1":
        # The bytes stay as they were issued, so they cannot say that they hold no longer: this page says it first.
        return render(request, "certification/no_longer.html", {"award": award, "standing": found}, status=410)
    return FileResponse(
        open_document(award.document.path),
        as_attachment="download" in request.GET,
        filename=f"{award.serial}.pdf",
        content_type="application/pdf",
    )


@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Find a certificate by what is printed on it: number and name together."""
    form = LookupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        serial, name = form.cleaned_data["serial"], form.cleaned_data["name"]
        if not limits.is_lookup_allowed(request, serial):
            return _too_many(request)
        award = award_by_serial_and_name(serial, name)
        if award is not None:
            if note := name_note(award, name):
                messages.info(request, note)
            return _unindexed(redirect("certification:verify_token", award.token))
        limits.count_miss(request, serial)
        form.add_error(None, _("No certificate has this number and this name. Check both, character by character."))
    return _unindexed(render(request, "certification/verify.html", {"form": form}))


@never_cache
def verify_token(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the certificate with this token certifies and how it stands today."""
    award = award_by_token(token)
    if award is None:
        if not limits.count_unknown_token(request):
            return _too_many(request)
        return _unindexed(render(request, "certification/unknown.html", status=404))
    facts = verified_facts(award, timezone.localdate())
    return _unindexed(render(request, "certification/verified.html", {"facts": facts}))


def _unindexed(response: HttpResponse) -> HttpResponse:
    """Search engines keep no certificates, and the token is told to no other site.

    `no-referrer` would make browsers send `Origin: null` with the forms of these pages, which no form survives.
    """
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


def _too_many(request: HttpRequest) -> HttpResponse:
    return _unindexed(render(request, "429.html", status=429))


@role_required(Role.HR, Role.ADMINISTRATOR)
def revoke(request: HttpRequest, award_uuid: uuid.UUID) -> HttpResponse:
    """Revoke a certificate of a person in reach, with a reason."""
    return _change(request, award_uuid, revoke_award, "certification/revoke.html", _("The certificate was revoked."))


@role_required(Role.HR, Role.ADMINISTRATOR)
def supersede(request: HttpRequest, award_uuid: uuid.UUID) -> HttpResponse:
    """Issue a certificate anew with the holder's name as it is now."""
    done = _("The certificate is being issued anew with the number %(serial)s; the old one shows as replaced.")
    return _change(request, award_uuid, supersede_award, "certification/supersede.html", done)


def _change(
    request: HttpRequest, award_uuid: uuid.UUID, action: Callable[..., object], template: str, done: str
) -> HttpResponse:
    """Ask for the reason, then do it; both changes look the same from here."""
    assert isinstance(request.user, User)  # role_required
    award = managed_awards_for(request.user, timezone.localdate()).filter(uuid=award_uuid).first()
    if award is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = action(award=award, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except AwardNotCurrent:
            form.add_error(None, _("This certificate has been revoked or replaced in the meantime."))
        else:
            messages.success(request, done % {"serial": getattr(made, "serial", award.serial)})
            return redirect("hr:person", award.user.uuid)
    context = {"form": form, "award": award, "standing": standing(award, timezone.localdate())}
    return render(request, template, context)
