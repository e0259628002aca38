"""The grade book of a run: on the page, as a file, and marks from a file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses.catalog.models import CourseRun
from courses.catalog.queries import access_runs_for
from labs.assignments.models import LabAssignment
from labs.assignments.permissions import TEACHING_ROLES
from labs.grading.actions.importing import import_marks
from labs.grading.forms.desk import MarksFileForm
from labs.grading.queries.book import (
    assignments_of,
    book_rows,
    book_table,
    places_in,
    question_rows,
    question_table,
    questions_of,
    state_label,
)
from labs.grading.queries.importing import FileRefused, Given, plan_marks, read_rows, template_table
from portal.audit.actions import record
from portal.audit.spreadsheet import table_csv, table_workbook
from portal.users.permissions import role_required

from .reach import reader_of, taught_run

PAGE_SIZE = 50
SALT = "labs.grading.import"
VALID_S = 3600
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("csv", "xlsx")


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def books(request: HttpRequest) -> HttpResponse:
    """Show the runs that the reader teaches; with only one of them, its book at once."""
    runs = access_runs_for(reader_of(request), timezone.localdate()).select_related("course")
    listed = Paginator(runs.order_by("-starts_at", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    if listed.paginator.count == 1:
        return redirect("grading:book", listed.object_list[0].code)
    return render(request, "grading/books.html", {"page_obj": listed})


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def book(request: HttpRequest, run_code: str) -> HttpResponse:
    """Everybody of the run with the grade that counts for each lab, or with the questions of one lab."""
    run = taught_run(request, run_code)
    assignments, text = assignments_of(run), request.GET.get("q", "").strip()[:80]
    chosen = _chosen(request, assignments)
    page = Paginator(places_in(run, text), PAGE_SIZE).get_page(request.GET.get("page"))
    places = list(page.object_list)
    context: dict[str, Any] = {
        "run": run, "assignments": assignments, "chosen": chosen, "page_obj": page, "text": text,
        "query": urlencode({name: value for name, value in {"q": text, "lab": _code(chosen)}.items() if value}),
    }  # fmt: skip
    if chosen is not None:
        context |= {"questions": questions_of(chosen), "question_rows": question_rows(places, chosen)}
    else:
        rows = book_rows(places, assignments)
        context["rows"] = [(row, [(cell, state_label(cell)) for cell in row.cells]) for row in rows]
    return render(request, "grading/book.html", context)


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def export(request: HttpRequest, run_code: str, form: str) -> HttpResponse:
    """Show the book as the page shows it, or the marks to fill in (`?what=marks`), as CSV or workbook."""
    if form not in FORMATS:
        raise Http404
    run, user, now = taught_run(request, run_code), reader_of(request), timezone.now()
    what = request.GET.get("what", "book")
    headings, rows = _table(request, run, what)
    record(by=user, at=now, event="grading.book_exported", target=run, details={"what": what, "rows": len(rows)})
    title = _("Marks") if what == "marks" else _("Grade book")
    if form == "csv":
        content: str | bytes = table_csv(headings, rows)
    else:
        content = table_workbook(headings, rows, widths=[18] * len(headings), title=title)
    name = f"{run.code} {title} {timezone.localdate(now):%Y-%m-%d}.{form}"
    kind = "text/csv; charset=utf-8" if form == "csv" else XLSX
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


@role_required(*TEACHING_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest, run_code: str) -> HttpResponse:
    """Take marks from a file: first a trial with every wrong row named, then, confirmed, the marks."""
    run = taught_run(request, run_code)
    if request.method == "POST" and "confirmed" in request.POST:
        return _import(request, run)
    form = MarksFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"run": run, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_rows(form.cleaned_data["file"].read())
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            context |= _trial(request, run, rows)
    return render(request, "grading/import.html", context, status=400 if form.errors else 200)


def _trial(request: HttpRequest, run: CourseRun, rows: list[Given]) -> dict[str, Any]:
    planned = plan_marks(rows, run=run, by=reader_of(request))
    signed = signing.dumps([run.code, reader_of(request).pk, [asdict(row) for row in rows]], salt=SALT, compress=True)
    return {
        "planned": planned,
        "wrong": [each for each in planned if each.problem],
        "changes": [each for each in planned if each.is_change],
        "same": sum(1 for each in planned if each.is_same),
        "signed": signed,
    }


def _import(request: HttpRequest, run: CourseRun) -> HttpResponse:
    try:
        code, reader, given = signing.loads(request.POST["confirmed"], salt=SALT, max_age=VALID_S)
    except signing.BadSignature:
        messages.error(request, _("The trial is too old. Choose the file again."))
        return redirect("grading:import", run.code)
    user = reader_of(request)
    if (code, reader) != (run.code, user.pk):
        raise Http404
    try:
        number = import_marks(rows=[Given(**row) for row in given], run=run, by=user, at=timezone.now())
    except FileRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("grading:import", run.code)
    said = ngettext("%(number)s mark was given.", "%(number)s marks were given.", number)
    messages.info(request, said % {"number": number})
    return redirect("grading:book", run.code)


def _table(request: HttpRequest, run: CourseRun, what: str) -> tuple[list[str], list[Any]]:
    if what == "marks":
        return template_table(run)
    assignments = assignments_of(run)
    chosen, places = _chosen(request, assignments), list(places_in(run, request.GET.get("q", "").strip()[:80]))
    if chosen is not None:
        return question_table(question_rows(places, chosen), questions_of(chosen))
    return book_table(book_rows(places, assignments), assignments)


def _chosen(request: HttpRequest, assignments: list[LabAssignment]) -> LabAssignment | None:
    wanted = request.GET.get("lab", "")
    return next((each for each in assignments if each.lab.code == wanted), None)


def _code(assignment: LabAssignment | None) -> str:
    return assignment.lab.code if assignment is not None else ""
