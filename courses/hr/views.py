"""Pages of personnel officers: the roster, a person, the summary, the export."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from courses.certification.backlog import owed_for
from courses.certification.queries import own_awards, standing
from courses.learning.models import LearningHours
from portal.organizations.queries import managed_people_for
from portal.users.models import Role, User
from portal.users.permissions import role_required

from .actions import export_roster
from .forms import RosterForm
from .queries import RosterFilter, certifications, closed_left_out, person_in_reach, roster, units_in_reach
from .rosters import roster_rows
from .summaries import deactivated_in, summary

READERS = (Role.HR, Role.AUDITOR, Role.ADMINISTRATOR)
PAGE_SIZE = 50
LARGEST_AT_ONCE = 2_000
"""People of whom a page makes a workbook while its reader waits: some two seconds. More are made in the background."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@role_required(*READERS)
@never_cache
def people(request: HttpRequest) -> HttpResponse:
    """List the people in the reader's scope with hours, courses and certificates."""
    user, on = _reader(request), timezone.localdate()
    form, narrowed = _narrowed(request, user)
    # What cannot be read narrows to nobody: the whole list below a refused filter would pass for its answer.
    found = roster(user, on, narrowed) if form.is_valid() else User.objects.none()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    asked = {name: str(value) for name, value in request.GET.items() if value and name not in ("page", "sort")}
    context = {
        "form": form,
        "page_obj": page,
        "rows": roster_rows(list(page.object_list), on),
        "sort": narrowed.sort,
        "filter_query": urlencode(asked),
        "query": urlencode({**asked, "sort": narrowed.sort}),
        "is_narrowed": bool(asked),
        "narrowed_by": _in_words(form),
        "year": on.year,
        "deactivated": 0 if narrowed.closed else closed_left_out(user, on, narrowed),
        "may_export": form.is_valid(),
    }
    return render(request, "hr/people.html", context, status=200 if form.is_valid() else 400)


@role_required(*READERS)
@never_cache
def person(request: HttpRequest, person_uuid: uuid.UUID) -> HttpResponse:
    """Show one person of the reader's scope."""
    user, on = _reader(request), timezone.localdate()
    found = person_in_reach(user, on, person_uuid)
    if found is None:
        raise Http404
    awards = own_awards(found)
    context = {
        "row": roster_rows([found], on)[0],
        "certificates": [standing(award, on) for award in awards],
        "entries": LearningHours.objects.filter(user=found).order_by("-credited_at", "-pk")[:100],
        "can_manage": found.pk != user.pk and managed_people_for(user, on).filter(pk=found.pk).exists(),
        "owed": owed_for(user, on, found.uuid),
        "year": on.year,
    }
    return render(request, "hr/person.html", context)


@role_required(*READERS)
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Sum up the reader's scope by region and unit."""
    user, on = _reader(request), timezone.localdate()
    offered = certifications()
    asked = request.GET.get("certification", "")
    chosen = next((one.code for one in offered if one.code == asked), "")
    found = summary(user, on, chosen)
    context = {"whole": found.whole, "regions": found.regions, "top": found.top, "year": on.year}
    context |= {"certifications": offered, "chosen": chosen, "deactivated": deactivated_in(user, on)}
    return render(request, "hr/overview.html", context)


@role_required(*READERS)
@never_cache
def export(request: HttpRequest) -> HttpResponse:
    """Hand out the roster as a workbook, narrowed as the page is."""
    user, now = _reader(request), timezone.now()
    form, narrowed = _narrowed(request, user)
    if not form.is_valid():
        return redirect(f"{reverse('hr:people')}?{request.GET.urlencode()}")  # says what is wrong
    if roster(user, timezone.localdate(now), narrowed).count() > LARGEST_AT_ONCE:
        return redirect(f"{reverse('exports:ask', args=['hr.roster'])}?{request.GET.urlencode()}")
    book = export_roster(narrowed=narrowed, by=user, at=now)
    name = _("Training of staff") + f" {timezone.localdate(now):%Y-%m-%d}.xlsx"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": disposition})


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # role_required
    return request.user


def _narrowed(request: HttpRequest, user: User) -> tuple[RosterForm, RosterFilter]:
    """Return the form as filled in, and what of it is valid; a wrong value is told on the form."""
    organizations = units_in_reach(user, timezone.localdate())
    form = RosterForm(request.GET, organizations=organizations, certifications=certifications())
    form.is_valid()
    return form, RosterFilter.from_cleaned(form.cleaned_data, request.GET.get("sort", ""))


def _in_words(form: RosterForm) -> list[str]:
    """Return what narrows the list, for a printed page that nobody sees the form of."""
    words = []
    for bound in form:
        value = str(bound.value() or "")
        if value and bound.name != "sort":
            choices = dict(getattr(bound.field, "choices", ()) or ())
            flag = bound.name == "closed"
            words.append(str(bound.label) if flag else f"{bound.label}: {choices.get(value, value)}")
    return words
