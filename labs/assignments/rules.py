"""The rules of an assignment for one trainee: one object for the portal's pages, the Lab bar and the server.

Everything but `ruling` and `rulings` is pure: instants and numbers in, a verdict out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.users.models import User
from search.plugging import Contributions

from .freezing import FrozenReason, frozen_reason, taken_back
from .models import AttemptsPolicy, LabAssignment, LabExtension

DAY = timedelta(days=1)
ENDED = frozenset({"closed", "frozen", "no_attempts_left"})

AttemptCounter = Callable[[User | AnonymousUser, Sequence[LabAssignment]], Mapping[int, int]]


@dataclass(frozen=True)
class Terms:
    """What holds for one trainee: the assignment's terms with the trainee's extension in them."""

    opens_at: datetime
    due_at: datetime
    late_curve: tuple[tuple[int, int], ...] = ()
    attempts_max: int | None = None
    attempts_policy: str = AttemptsPolicy.BEST.value
    is_extended: bool = False

    @property
    def closes_at(self) -> datetime:
        """The instant after which nothing is taken."""
        return self.due_at + (self.late_curve[-1][0] * DAY if self.late_curve else timedelta())

    def late_percent(self, at: datetime) -> int | None:
        """Percent that a submission at `at` loses; None after the cut-off. Every started day counts in full."""
        if at <= self.due_at:
            return 0
        started = math.ceil((at - self.due_at) / DAY)
        return next((percent for last_day, percent in self.late_curve if started <= last_day), None)


@dataclass(frozen=True)
class Ruling:
    """How one trainee stands towards an assignment at one instant."""

    state: str
    terms: Terms
    at: datetime
    attempts_used: int = 0
    frozen: FrozenReason | None = None

    @property
    def opens_at(self) -> datetime:
        """When it opens."""
        return self.terms.opens_at

    @property
    def due_at(self) -> datetime:
        """The trainee's own deadline."""
        return self.terms.due_at

    @property
    def closes_at(self) -> datetime:
        """The end of late submission; the deadline where none is taken late."""
        return self.terms.closes_at

    @property
    def late_percent(self) -> int:
        """Percent that a submission now would lose."""
        return self.terms.late_percent(self.at) or 0

    @property
    def attempts_max(self) -> int | None:
        """Attempts that the trainee has in all; None without a limit."""
        return self.terms.attempts_max

    @property
    def attempts_policy(self) -> str:
        """Which attempt counts: best, last or average."""
        return self.terms.attempts_policy

    @property
    def may_submit(self) -> bool:
        """Whether a submission now is taken."""
        return self.state in ("open", "late")

    @property
    def may_check(self) -> bool:
        """Whether the visible tests may be run: practice goes on after the deadline, not on withdrawn data."""
        return self.state not in ("not_open", "frozen")

    @property
    def reason(self) -> str:
        """Why nothing can be submitted, or what a submission now loses; empty when all is plain."""
        if self.frozen is not None and self.state == "frozen":
            return str(self.frozen)
        sentences = {
            "not_open": _("The lab has not opened yet."),
            "closed": _("The deadline has passed."),
            "no_attempts_left": _("All attempts are used."),
            "late": _("Late: a submission now loses %(percent)d %% of its points.") % {"percent": self.late_percent},
        }
        return sentences.get(self.state, "")


@dataclass(frozen=True)
class AttemptResult:
    """The grade of one attempt, in hundredths and after lateness; `score` None while nothing is known."""

    attempt: int
    score: int | None
    max_score: int
    is_complete: bool
    passed: bool = field(default=False, compare=False)
    """Whether it passed by the pass mark of its day: what passed once stays passed when the mark rises."""


@dataclass(frozen=True)
class Effective:
    """The grade that counts; `is_final` once nothing that it rests on is open. `attempt` None for an average."""

    score: int
    max_score: int
    is_final: bool
    attempt: int | None
    passed: bool = field(default=False, compare=False)

    def has_passed(self, pass_percent: int) -> bool:
        """Return whether it is final and reaches the percentage, or reached the one of its day."""
        return self.is_final and self.max_score > 0 and (self.passed or self.reaches(pass_percent))

    def reaches(self, pass_percent: int) -> bool:
        """Return whether the points so far reach the percentage, whatever is still to come."""
        return self.max_score > 0 and self.score * 100 >= pass_percent * self.max_score


def judge(terms: Terms, *, at: datetime, attempts_used: int, frozen: FrozenReason | None = None) -> Ruling:
    """Return the one place where dates, attempts and withdrawn data become a state."""
    if at < terms.opens_at:
        state = "not_open"
    elif frozen is not None:
        state = "frozen"
    elif at > terms.closes_at:
        state = "closed"
    elif terms.attempts_max is not None and attempts_used >= terms.attempts_max:
        state = "no_attempts_left"
    else:
        state = "late" if at > terms.due_at else "open"
    return Ruling(state, terms, at, attempts_used, frozen)


def effective(policy: str, results: Iterable[AttemptResult]) -> Effective | None:
    """Return the grade that counts by the policy; None while no attempt has one."""
    attempts = sorted(results, key=lambda each: each.attempt)
    known = [each for each in attempts if each.score is not None and each.max_score]
    if not known:
        return None
    if policy == AttemptsPolicy.AVERAGE:
        most = known[-1].max_score
        share = sum((_share(each) for each in known), Fraction()) / len(known)
        is_final = len(known) == len(attempts) and all(each.is_complete for each in known)
        return Effective(_half_up(share * most), most, is_final, None)
    if policy == AttemptsPolicy.LAST:
        chosen, is_final = known[-1], known[-1] is attempts[-1] and known[-1].is_complete
    else:
        chosen = max(known, key=lambda each: (each.is_complete, _share(each), -each.attempt))
        is_final = chosen.is_complete
    return Effective(chosen.score or 0, chosen.max_score, is_final, chosen.attempt, chosen.passed)


def so_far(policy: str, results: Iterable[AttemptResult]) -> Effective | None:
    """Return the points as they stand for the trainee's eye: where the best counts, the best of all,
    marks still to come or not."""
    attempts = list(results)
    known = [each for each in attempts if each.score is not None and each.max_score]
    if policy != AttemptsPolicy.BEST or not known:
        return effective(policy, attempts)
    best = max(known, key=lambda each: (_share(each), each.is_complete, -each.attempt))
    return Effective(best.score or 0, best.max_score, best.is_complete, best.attempt, best.passed)


def less_percent(score: int, percent: int) -> int:
    """Return the score without `percent` of it, in hundredths, half up."""
    return _half_up(Fraction(score * (100 - percent), 100))


def terms_of(assignment: LabAssignment, extension: LabExtension | None = None) -> Terms:
    """Return the assignment's terms with the trainee's extension in them; an extension never takes anything away."""
    terms = Terms(
        opens_at=assignment.opens_at,
        due_at=assignment.due_at,
        late_curve=tuple((int(day), int(percent)) for day, percent in assignment.late_curve),
        attempts_max=assignment.max_attempts,
        attempts_policy=assignment.attempts_policy,
    )
    if extension is None or extension.is_withdrawn:
        return terms
    most = None if terms.attempts_max is None else terms.attempts_max + extension.extra_attempts
    due_at = max(terms.due_at, extension.due_at or terms.due_at)
    return replace(terms, due_at=due_at, attempts_max=most, is_extended=True)


def extensions_of(user: User | AnonymousUser, assignments: Iterable[LabAssignment]) -> dict[int, LabExtension]:
    """Return the extension that holds, by assignment id. One query."""
    if user.pk is None:
        return {}
    rows = LabExtension.objects.filter(user_id=user.pk, assignment__in=list(assignments)).order_by("pk")
    return {row.assignment_id: row for row in rows}


def ruling(assignment: LabAssignment, user: User | AnonymousUser, *, at: datetime) -> Ruling:
    """Return how the user stands towards the assignment at `at`."""
    return rulings([assignment], user, at=at)[assignment.pk]


def rulings(assignments: Iterable[LabAssignment], user: User | AnonymousUser, *, at: datetime) -> dict[int, Ruling]:
    """Return the same for several, by assignment id."""
    listed = list(assignments)
    extensions, used = extensions_of(user, listed), attempts_used(user, listed)
    on = timezone.localdate(at)
    return {
        each.pk: judge(
            terms_of(each, extensions.get(each.pk)),
            at=at,
            attempts_used=used.get(each.pk, 0),
            frozen=taken_back(each) or frozen_reason(each.release, on=on),
        )
        for each in listed
    }


_counters: Contributions[AttemptCounter] = Contributions("counter of attempts")


def register_attempt_counter(counter: AttemptCounter) -> None:
    """Let the rules know how many attempts were made."""
    _counters.add(counter)


def attempts_used(user: User | AnonymousUser, assignments: Sequence[LabAssignment]) -> Mapping[int, int]:
    """Return the highest attempt of the user by assignment id, from the app that keeps submissions."""
    found: dict[int, int] = {}
    for counter in _counters:
        found.update(counter(user, assignments))
    return found


def read_curve(text: str) -> list[list[int]]:
    """Return a late curve as instructors write it, a line "last started day, percent" each. Raises ValueError."""
    curve: list[list[int]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day, percent = (int(part) for part in line.replace(",", " ").replace("，", " ").replace(":", " ").split())
        is_rising = not curve or (day > curve[-1][0] and percent >= curve[-1][1])
        if not (1 <= day <= 365 and 0 <= percent <= 100 and is_rising):
            raise ValueError(line)
        curve.append([day, percent])
    return curve


def write_curve(curve: Sequence[Sequence[Any]]) -> str:
    """Return a late curve as instructors write it."""
    return "\n".join(f"{day} {percent}" for day, percent in curve)


def _share(result: AttemptResult) -> Fraction:
    return Fraction(result.score or 0, result.max_score)


def _half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))
