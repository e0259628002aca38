"""Reading submissions and where they stand, each only within the reader's reach."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from courses.catalog.queries import access_runs_for
from courses.learning.attempts import Trying
from labs.assignments import rules
from labs.assignments.models import LabAssignment, LabExtension, LabQuestion
from labs.assignments.queries import access_assignments_for
from labs.grading.counting import CountedResult, attempt_results
from labs.grading.models import Cause, Decision, Grade, GradingRun, ManualMark, Purpose, QuestionResult, Submission
from labs.grading.pace import UNFINISHED, expectations
from labs.grading.standings import AssignmentState, SubmissionStanding, standing_of
from portal.chains import current_at
from portal.queue.models import WorkStatus
from portal.users.models import User

CHECKS_SHOWN = 3
CHECKS_SHOWN_FOR = timedelta(days=1)


def access_submissions_for(user: User | AnonymousUser) -> QuerySet[Submission]:
    """Return the user's own submissions and checks."""
    return Submission.objects.filter(user_id=user.pk) if user.pk else Submission.objects.none()


def access_taught_submissions_for(user: User, on: date) -> QuerySet[Submission]:
    """Submissions in the runs that the user teaches."""
    runs = access_runs_for(user, on).values("pk")
    return Submission.objects.filter(purpose=Purpose.SUBMIT, assignment__run__in=runs)


def with_history(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Return the same with runs (newest first) in `newest_runs` and the current grade in `current_grades`."""
    runs = telling_runs().order_by("-pk").prefetch_related("results")
    grades = Grade.objects.current()
    return submissions.prefetch_related(
        Prefetch("runs", queryset=runs, to_attr="newest_runs"),
        Prefetch("grades", queryset=grades, to_attr="current_grades"),
    )


def telling_runs() -> QuerySet[GradingRun]:
    """Return runs that say where their submission stands: no replay, and no result that a person has not taken over."""
    is_telling = Q(proposal__isnull=True) | Q(proposal__decision=Decision.APPLIED)
    return GradingRun.objects.filter(is_telling).exclude(cause=Cause.REPLAY)


def standing(submission: Submission) -> SubmissionStanding:
    """Return where the submission stands; takes it with or without `with_history`."""
    if not hasattr(submission, "newest_runs"):
        submission = with_history(Submission.objects.filter(pk=submission.pk)).get()
    return standings([submission])[0]


def standings(submissions: Iterable[Submission]) -> list[SubmissionStanding]:
    """Return where each of the submissions `with_history` stands;
    the number of queries does not depend on how many wait."""
    listed = [(each, _runs(each), _grade(each)) for each in submissions]
    is_waiting = any(grade is None and runs and runs[0].status in UNFINISHED for _, runs, grade in listed)
    expected = expectations(timezone.now()) if is_waiting else {}
    return [standing_of(submission, runs, grade, expected) for submission, runs, grade in listed]


def _runs(submission: Submission) -> list[GradingRun]:
    return list(submission.newest_runs)  # type: ignore[attr-defined]  # set by with_history


def current_grade_of(submission: Submission) -> Grade | None:
    """Return the current grade of a submission that was read `with_history`."""
    return _grade(submission)


def late_percent_in(submission: Submission) -> int:
    """Return what lateness takes off the current grade of a submission that was read `with_history`."""
    grade = _grade(submission)
    return (grade.late_percent or 0) if grade else 0


def _grade(submission: Submission) -> Grade | None:
    return next(iter(submission.current_grades), None)  # type: ignore[attr-defined]  # set by with_history


def attempts_of(user: User | AnonymousUser, assignments: Iterable[LabAssignment]) -> dict[int, list[Submission]]:
    """Return the user's submissions by assignment id, newest first."""
    found: dict[int, list[Submission]] = {assignment.pk: [] for assignment in assignments}
    rows = access_submissions_for(user).filter(purpose=Purpose.SUBMIT, assignment__in=list(found))
    for submission in with_history(rows.order_by("-attempt", "-pk")):
        found[submission.assignment_id].append(submission)
    return found


def recent_checks(user: User | AnonymousUser, assignment: LabAssignment, now: datetime) -> list[Submission]:
    """Return the user's newest Checks of the last day, read `with_history`, newest first."""
    rows = access_submissions_for(user).filter(purpose=Purpose.CHECK, assignment=assignment)
    lately = rows.filter(received_at__gte=now - CHECKS_SHOWN_FOR).order_by("-received_at", "-pk")
    return list(with_history(lately)[:CHECKS_SHOWN])


def attempts_used(user: User | AnonymousUser, assignments: Sequence[LabAssignment]) -> dict[int, int]:
    """Return the highest attempt of the user by assignment id. One query."""
    rows = access_submissions_for(user).filter(purpose=Purpose.SUBMIT, assignment__in=list(assignments))
    return dict(rows.order_by().values("assignment").annotate(last=Max("attempt")).values_list("assignment", "last"))


def tried_assignments(people: Collection[int], assignments: Collection[uuid.UUID]) -> Iterable[tuple[int, uuid.UUID]]:
    """Pairs of a person and an assignment to which the person has submitted. One query."""
    rows = Submission.objects.filter(purpose=Purpose.SUBMIT, user__in=people, assignment__uuid__in=assignments)
    return rows.order_by().values_list("user", "assignment__uuid").distinct()


def details_of_trying(people: Collection[int], assignments: Collection[uuid.UUID]) -> Iterable[Trying]:
    """Return how people stand towards assignments: the own deadline, what they handed in,
    what waits for marks. Four queries."""
    listed = list(LabAssignment.objects.filter(uuid__in=assignments).select_related("run", "lab"))
    granted = LabExtension.objects.filter(assignment__in=listed, user__in=people).order_by("pk")
    extensions = {(row.user_id, row.assignment_id): row for row in granted}
    rows = Submission.objects.filter(user__in=people, assignment__in=listed).order_by().values("user", "assignment")
    counted = rows.annotate(times=Count("pk", filter=Q(purpose=Purpose.SUBMIT)), last_at=Max("received_at"))
    work: dict[tuple[int, int], Any] = {(row["user"], row["assignment"]): row for row in counted}
    theirs = Grade.objects.current().filter(submission__user__in=people, submission__assignment__in=listed)
    unfinished = theirs.filter(is_complete=False, submission__purpose=Purpose.SUBMIT)
    waiting = set(unfinished.values_list("submission__user", "submission__assignment"))
    below = reverse("grading:submissions")
    for each in listed:
        for person in people:
            key = (person, each.pk)
            done = work.get(key, {"times": 0, "last_at": None})
            yield Trying(
                person, each.uuid, due_at=rules.terms_of(each, extensions.get(key)).due_at, times=done["times"],
                is_waiting=key in waiting, last_at=done["last_at"],
                work_url=f"{below}?run={each.run.code}&lab={each.lab.code}" if done["times"] else "",
            )  # fmt: skip


def states_for(
    user: User | AnonymousUser, assignments: Iterable[LabAssignment], now: datetime
) -> list[AssignmentState]:
    """Return how the user meets each of the assignments now."""
    listed = list(assignments)
    attempts = attempts_of(user, listed)
    by_rule = rules.rulings(listed, user, at=now)
    latest = standings(own[0] for own in attempts.values() if own)
    by_uuid = {found.uuid: found for found in latest}
    return [
        AssignmentState(
            assignment=assignment,
            ruling=by_rule[assignment.pk],
            latest=by_uuid[attempts[assignment.pk][0].uuid] if attempts[assignment.pk] else None,
            counted=rules.effective(assignment.attempts_policy, _results(attempts[assignment.pk])),
            so_far=rules.so_far(assignment.attempts_policy, _results(attempts[assignment.pk])),
        )
        for assignment in listed
    ]


def _results(submissions: Iterable[Submission]) -> list[rules.AttemptResult]:
    """Return attempts as the rules read them, of submissions that were read `with_history`."""
    grades = {submission.attempt or 0: _grade(submission) for submission in submissions}
    known = {attempt: grade for attempt, grade in grades.items() if grade is not None}
    return attempt_results(grades, known)


def state_for(user: User | AnonymousUser, assignment_uuid: uuid.UUID, now: datetime) -> AssignmentState | None:
    """Return how the user meets one assignment; None for one that is not theirs."""
    found = access_assignments_for(user).filter(uuid=assignment_uuid).first()
    return states_for(user, [found], now)[0] if found else None


def results_of(submission: Submission) -> list[QuestionResult]:
    """Results by question of the run that counts: the current grade's, or the newest that is done; in order."""
    grade = Grade.objects.current().filter(submission=submission).first()
    done = telling_runs().filter(submission=submission, status=WorkStatus.DONE).order_by("-pk").first()
    run_id = grade.run_id if grade else done.pk if done else None
    if run_id is None:
        return []
    rows = QuestionResult.objects.filter(run=run_id).select_related("question")
    return list(rows.order_by("question__order", "pk"))


def marks_of(submission: Submission) -> dict[int, ManualMark]:
    """Return current marks by question id, for the question in every release of the lab:
    a mark outlives a new release."""
    marks = ManualMark.objects.current().filter(submission=submission)
    by_name = {mark.question.grade_id: mark for mark in marks.select_related("marked_by", "question").order_by("pk")}
    if not by_name:
        return {}
    same = LabQuestion.objects.filter(release__lab=submission.assignment.lab_id, grade_id__in=list(by_name))
    return {pk: by_name[grade_id] for pk, grade_id in same.values_list("pk", "grade_id")}


def counted_results(submission: Submission) -> list[CountedResult]:
    """Return what a person reads about each question: verdict, points, message, with a mark where one counts."""
    marks = marks_of(submission)
    return [CountedResult(result, marks.get(result.question_id)) for result in results_of(submission)]


def in_state(submissions: QuerySet[Submission], state: str) -> QuerySet[Submission]:
    """Those that wait for marks, could not be graded, are being graded, or are graded; all for any other word."""
    current = current_at("grades") & Q(grades__isnull=False)
    if state == "needs_manual":
        return submissions.filter(current, grades__is_complete=False).distinct()
    if state == "graded":
        return submissions.filter(current, grades__is_complete=True).distinct()
    if state == "failed":
        return (
            submissions.filter(grades__isnull=True, runs__status=WorkStatus.NEEDS_PERSON)
            .exclude(runs__in=_unfinished())
            .distinct()
        )
    if state == "waiting":
        return submissions.filter(grades__isnull=True, runs__in=_unfinished()).distinct()
    return submissions


def _unfinished() -> QuerySet[GradingRun]:
    return GradingRun.objects.filter(status__in=UNFINISHED)
