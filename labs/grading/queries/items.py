"""How the questions of an assignment do: difficulty, discrimination, verdicts, and clusters of failing answers."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from statistics import fmean

from labs.assignments.models import LabAssignment, LabQuestion
from labs.grader.protocol import Verdict
from labs.grading.counting import CountedResult
from labs.grading.models import Grade, ManualMark, QuestionResult, Submission
from labs.grading.paper.answers import Place, answer_to, places_of, texts_in
from labs.grading.paper.winnowing import tokens_of
from labs.grading.queries.similarity import newest_attempts

LEAST_FOR_DISCRIMINATION = 8
"""Trainees below which a discrimination says nothing."""
MOST_READ = 300
"""Failing answers that are read for clusters."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")
PLACE = re.compile(r"<[^<>]*>")
"""Where Python says that something stands: `<ipython-input-1-01e5…>`, another one for every submission."""
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”")


@dataclass(frozen=True)
class Item:
    """A question over everybody's newest attempt. `mean` and `discrimination` None where they say nothing."""

    question: LabQuestion
    number: int
    mean: float | None
    discrimination: float | None
    verdicts: tuple[tuple[str, int], ...]
    first_try: int | None

    @property
    def percent(self) -> int | None:
        """The mean score in percent of the points: the lower, the harder."""
        return None if self.mean is None else round(100 * self.mean)

    @property
    def needs_look(self) -> bool:
        """Whether the figures hint at a mistake in the question: nearly nobody solves it, or the weaker ones do."""
        if self.mean is None or self.number < LEAST_FOR_DISCRIMINATION:
            return False
        return self.mean < 0.2 or (self.discrimination is not None and self.discrimination < 0.1)


@dataclass
class Cluster:
    """Failing answers of one kind: same verdict, same words to the trainee."""

    key: str
    verdict: str
    message: str
    submissions: list[Submission] = field(default_factory=list)
    example: str = ""
    example_number: int = 0
    kinds: int = 0

    @property
    def number(self) -> int:
        """How many trainees."""
        return len(self.submissions)


def items_of(assignment: LabAssignment) -> list[Item]:
    """Every question of the release that the assignment has now; the number of queries is fixed."""
    newest = newest_attempts(assignment)
    results = _results(newest.values_list("pk", flat=True))
    scores = _scores(results, newest.values_list("pk", flat=True))
    firsts = _results(
        Submission.objects.filter(assignment=assignment, purpose="submit", attempt=1).values_list("pk", flat=True)
    )
    tries: dict[str, list[bool]] = defaultdict(list)
    for each in firsts:
        if each.verdict != Verdict.MANUAL:
            tries[each.question.grade_id].append(each.verdict == Verdict.PASSED)
    by_question: dict[str, list[QuestionResult]] = defaultdict(list)
    for each in results:
        by_question[each.question.grade_id].append(each)
    return [
        _item(question, by_question[question.grade_id], scores, tries[question.grade_id])
        for question in assignment.release.questions.order_by("order", "pk")
    ]


def _item(
    question: LabQuestion,
    results: Sequence[QuestionResult],
    scores: dict[int, dict[str, float]],
    tries: Sequence[bool],
) -> Item:
    name = question.grade_id
    own = [(values[name], [share for other, share in values.items() if other != name])
           for values in scores.values() if name in values]  # fmt: skip
    rest = [(share, fmean(others)) for share, others in own if others]
    return Item(
        question=question,
        number=len(results),
        mean=fmean(share for share, _ in own) if own else None,
        discrimination=_correlation(rest) if len(rest) >= LEAST_FOR_DISCRIMINATION else None,
        verdicts=tuple(sorted(Counter(each.verdict for each in results).items(), key=lambda pair: (-pair[1], pair[0]))),
        first_try=round(100 * sum(tries) / len(tries)) if tries else None,
    )


def _results(submissions: Iterable[int]) -> list[QuestionResult]:
    """Results of the runs that the current grades rest on."""
    grades = Grade.objects.current().filter(submission__in=submissions)
    rows = QuestionResult.objects.filter(run__in=grades.values("run")).select_related("question", "run")
    return list(rows.order_by("question__order", "pk"))


def _scores(results: Iterable[QuestionResult], submissions: Iterable[int]) -> dict[int, dict[str, float]]:
    """Share of the points by submission and grade id, with marks of people; a missing mark leaves the question out."""
    rows = ManualMark.objects.current().filter(submission__in=submissions)
    marks = {(each.submission_id, each.question.grade_id): each for each in rows.select_related("question")}
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for each in results:
        name, submission = each.question.grade_id, each.run.submission_id
        score = CountedResult(each, marks.get((submission, name))).score
        if score is not None and each.max_score:
            found[submission][name] = score / each.max_score
    return found


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's correlation; None where one side never varies."""
    left, right = fmean(one for one, _ in pairs), fmean(other for _, other in pairs)
    spread = sqrt(sum((one - left) ** 2 for one, _ in pairs) * sum((other - right) ** 2 for _, other in pairs))
    if spread < 1e-9:
        return None
    return sum((one - left) * (other - right) for one, other in pairs) / spread


def clusters_of(assignment: LabAssignment, question: LabQuestion) -> list[Cluster]:
    """Answers to a question that earned less than all of its points, by verdict and message, the largest first."""
    newest = newest_attempts(assignment)
    failing = [
        each
        for each in _results(newest.values_list("pk", flat=True))
        if each.question.grade_id == question.grade_id and each.verdict not in (Verdict.PASSED, Verdict.MANUAL)
    ]
    submissions = newest.select_related("assignment__lab", "assignment__run").in_bulk(
        [each.run.submission_id for each in failing]
    )
    found: dict[str, Cluster] = {}
    for each in failing:
        key = signature(each.verdict, each.message)
        cluster = found.setdefault(key, Cluster(key, each.verdict, each.message))
        cluster.submissions.append(submissions[each.run.submission_id])
    place = places_of(assignment.release).get(question.grade_id)
    if place is not None:
        _add_examples(list(found.values()), place)
    return sorted(found.values(), key=lambda cluster: (-cluster.number, cluster.key))


def signature(verdict: str, message: str) -> str:
    """Return what failing answers of one kind share: numbers and quoted texts of the message do
    not tell kinds apart."""
    plain = NUMBER.sub("0", QUOTED.sub("'…'", PLACE.sub("<…>", message))).strip()
    return hashlib.sha256(f"{verdict}\n{plain}".encode()).hexdigest()[:16]


def _add_examples(clusters: Iterable[Cluster], place: Place) -> None:
    """Add the most frequent answer of each cluster, names and layout aside."""
    left = MOST_READ
    for cluster in clusters:
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        for submission in cluster.submissions[:left]:
            answer = answer_to(place, texts_in(submission))
            key = "\0".join(each.text for each in tokens_of(answer, is_code=place.is_code))
            counts[key] += 1
            first.setdefault(key, answer)
        left -= min(left, len(cluster.submissions))
        if counts:
            key, cluster.example_number = counts.most_common(1)[0]
            cluster.example, cluster.kinds = first[key], len(counts)
