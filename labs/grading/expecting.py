"""When a waiting run will be done: the queue played forward with measured durations. Pure; knows no database.

A run is expected to take what its person's last one in the same lab took, else what the lab's newest took: each newer
duration weighs as much as all older ones together, because overload comes suddenly. What runs longer than expected is
expected to take twice as long as it has, up to the limit.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

DEFAULT_SECONDS = 4.0
OVERHEAD_SECONDS = 0.2
"""What taking a run and recording its result add to the grading itself."""
NEWEST_WEIGHT = 0.5

TOLD_SECONDS = (
    1,
    2,
    3,
    5,
    7,
    10,
    15,
    20,
    30,
    45,
    60,
    90,
    120,
    180,
    240,
    360,
    480,
    600,
    900,
    1200,
    1800,
    2400,
    3600,
    5400,
)
"""What is told: round figures, so that a page that asks every second has no news every second."""

SUBMIT, CHECK, BATCH = "submit", "check", "batch"
LANES = (SUBMIT, CHECK, BATCH)
"""In the order of their urgency."""


@dataclass(frozen=True)
class Waiting:
    """A run that waits; listed in the order of its lane."""

    pk: int
    lane: str
    seconds: float


@dataclass(frozen=True)
class Busy:
    """A run that is being graded."""

    pk: int
    lane: str
    seconds_left: float


@dataclass(frozen=True)
class Places:
    """Gradings at once, over all machines: for submissions alone, and for everything."""

    reserved: int = 0
    shared: int = 1


@dataclass(frozen=True)
class Expectation:
    """`place` is 1 for the run that begins next and 0 for one that runs; `seconds` until it is done."""

    place: int
    seconds: float


@dataclass
class Durations:
    """How long gradings of one lab and cause take, fed from the oldest to the newest."""

    limit: float
    usual: dict[tuple[int, str], float] = field(default_factory=dict)
    own: dict[tuple[int, str, int], float] = field(default_factory=dict)

    def learn(self, lab: int, lane: str, person: int, seconds: float) -> None:
        """Take in one measured duration."""
        seconds = min(seconds, self.limit)
        before = self.usual.get((lab, lane), seconds)
        self.usual[lab, lane] = before + NEWEST_WEIGHT * (seconds - before)
        self.own[lab, lane, person] = seconds

    def of(self, lab: int, lane: str, person: int) -> float:
        """Return what a run of the person is expected to take."""
        known = (self.own.get((lab, lane, person)), *(self.usual.get((lab, each)) for each in (lane, *LANES)))
        return OVERHEAD_SECONDS + next((seconds for seconds in known if seconds is not None), DEFAULT_SECONDS)

    def left(self, elapsed: float, expected: float) -> float:
        """Return what is left of a run that has taken `elapsed` seconds so far."""
        left = expected - elapsed if elapsed < expected else elapsed
        return max(min(left, self.limit - elapsed), OVERHEAD_SECONDS)


def told_seconds(seconds: float) -> int:
    """Return the round figure that is nearest by ratio; at most a quarter off, up to the longest."""
    seconds = max(seconds, 1.0)
    return min(TOLD_SECONDS, key=lambda told: max(told / seconds, seconds / told))


def expect(
    busy: Iterable[Busy], waiting: Iterable[Waiting], places: Places, *, in_a_row: int, begun_in_a_row: int = 0
) -> Mapping[int, Expectation]:
    """Return what each run has to expect, when nothing else is sent;
    `in_a_row` submissions begin at most before a Check."""
    found = {run.pk: Expectation(0, run.seconds_left) for run in busy}
    lanes: dict[str, deque[Waiting]] = {lane: deque() for lane in LANES}
    for run in waiting:
        lanes[run.lane].append(run)
    free = _places(busy, places)
    begun = 0
    while free and any(lanes.values()):
        at, is_shared = heapq.heappop(free)
        takes = LANES if is_shared else (SUBMIT,)
        if is_shared and begun_in_a_row >= in_a_row and lanes[CHECK]:
            takes = (CHECK,)
        lane = next((lane for lane in takes if lanes[lane]), None)
        if lane is None:
            # Nothing that this place may take is left; the others go on.
            continue
        run = lanes[lane].popleft()
        begun_in_a_row = 0 if lane == CHECK else begun_in_a_row + (lane == SUBMIT and bool(lanes[CHECK]))
        begun += 1
        found[run.pk] = Expectation(begun, at + run.seconds)
        heapq.heappush(free, (at + run.seconds, is_shared))
    return found


def _places(busy: Iterable[Busy], places: Places) -> list[tuple[float, bool]]:
    """When each place is free, as a heap: submissions that run are taken to hold the reserved ones first."""
    running = sorted(busy, key=lambda run: LANES.index(run.lane))
    reserved: list[tuple[float, bool]] = []
    shared: list[tuple[float, bool]] = []
    for run in running:
        is_shared = run.lane != SUBMIT or len(reserved) >= places.reserved
        (shared if is_shared else reserved).append((run.seconds_left, is_shared))
    reserved += [(0.0, False)] * (places.reserved - len(reserved))
    shared += [(0.0, True)] * (max(places.shared, 1 - places.reserved) - len(shared))
    free = reserved + shared
    heapq.heapify(free)
    return free
