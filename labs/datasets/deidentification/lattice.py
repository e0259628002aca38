"""The optimal node of a generalization lattice: best first on a bound of the loss, with predictive tagging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from labs.datasets.deidentification.groups import GroupTable, Node, Roller, gather, merged, tuple_keys
from labs.datasets.deidentification.hierarchies import Codes, Hierarchy, Weights
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.privacy import SLACK, Mask, Sensitive, judge, kept_close

MOST_NODES = 2_000_000


@dataclass(frozen=True)
class Optimum:
    """The best node, its loss (NCP with suppressed rows counted 1), rows suppressed, and how many nodes were tried.

    No release loses less than `least`; the node is the optimum when that is its loss.
    """

    node: Node
    loss: float
    suppressed: int
    checks: int
    least: float


@dataclass(frozen=True)
class People:
    """Distinct tuples of a population with the people of each."""

    codes: tuple[Codes, ...]
    counts: Codes


@dataclass(frozen=True)
class Demand:
    """What the release must satisfy."""

    k: int
    sensitive: tuple[Sensitive, ...] = ()
    suppression: float = 0.0
    # Closeness is judged against the whole table and, unless a later pass publishes more rows, against what is kept.
    checks_kept: bool = True
    # What a suppressed row costs this search; below 1 (a later pass may publish the row) the node found is good, not best.
    price: float = 1.0
    people: People | None = None
    k_map: int = 0
    delta: float | None = None


@dataclass(frozen=True)
class Proof:
    """What one node proved: the least loss it forces on finer nodes, rows that these must suppress, and its own worth.

    `least` is what no release at this node can lose less than; its loss, unless closeness to the kept rows took out more.
    """

    penalty: float
    forced: float
    suppressed: float
    loss: float
    holds: float
    least: float

    def as_list(self) -> list[float]:
        """As a checkpoint keeps it."""
        return [self.penalty, self.forced, self.suppressed, self.loss, self.holds, self.least]


class Search:
    """One search over distinct tuples; rows appear only as counts."""

    def __init__(
        self,
        hierarchies: Sequence[Hierarchy],
        codes: Sequence[Codes],
        counts: Codes,
        demand: Demand,
        *,
        proved: dict[str, list[float]] | None = None,
        tick: Callable[[int], None] = lambda checks: None,
    ) -> None:
        self.proved, self.tick = ({} if proved is None else proved), tick
        self.hierarchies, self.demand, self.width = hierarchies, demand, len(hierarchies)
        self.total = int(counts.sum())
        self.limit = demand.suppression * self.total + 1e-9
        heights = [len(hierarchy.levels) for hierarchy in hierarchies]
        size = int(np.prod(np.array(heights, dtype=object)))
        if size > MOST_NODES:
            raise Refusal("lattice_large", nodes=size, most=MOST_NODES)
        grid = np.meshgrid(*[np.arange(height) for height in heights], indexing="ij")
        self.nodes = np.array(grid, np.int16).reshape(self.width, -1).T
        self.strides = [int(np.prod(heights[index + 1 :])) for index in range(self.width)]
        self.roller = Roller(hierarchies, *_distinct(hierarchies, codes, counts))
        self.rollers = [
            Roller(hierarchies, *_distinct(hierarchies, codes, counts, sensitive.codes))
            for sensitive in demand.sensitive
        ]
        people = demand.people
        self.people = None if people is None else Roller(hierarchies, people.codes, people.counts)
        self.bound = self._bounds(codes, counts)
        self.penalty = np.zeros(size)
        self.is_hopeless = np.zeros(size, bool)
        self.verdicts: dict[int, bool] = {}
        self.best: tuple[float, int, float] = (np.inf, -1, 0.0)
        self.least = np.inf

    def _bounds(self, codes: Sequence[Codes], counts: Codes) -> Weights:
        """Loss of every node before suppression: additive over columns, so no table is needed."""
        bound = np.zeros(len(self.nodes))
        for column, hierarchy in enumerate(self.hierarchies):
            rows = np.bincount(codes[column], counts, len(hierarchy.leaves))
            losses = [float(level.loss[level.group_of_leaf] @ rows) / self.total for level in hierarchy.levels]
            bound += np.array(losses)[self.nodes[:, column]]
        return bound / self.width

    def run(self) -> Optimum | None:
        """Return the optimum, or None when no node satisfies the demand."""
        top = len(self.nodes) - 1
        self.check(top)
        for index in np.argsort(self.bound, kind="stable").tolist():
            if self.bound[index] >= self.best[0]:
                break
            if self._is_settled(index):
                continue
            self._bisect(self._chain(index, top))
            if not self._is_settled(index):
                self.check(index)
        loss, index, suppressed = self.best
        if index < 0:
            return None
        return Optimum(
            self._plainest(self.node(index)), float(loss), round(suppressed), len(self.verdicts), min(self.least, loss)
        )

    def node(self, index: int) -> Node:
        """Return the levels of node `index`."""
        return tuple(int(level) for level in self.nodes[index])

    def _plainest(self, node: Node) -> Node:
        """Return the lowest levels that make the same groups: their labels say more for the same loss."""
        out = []
        for hierarchy, level in zip(self.hierarchies, node, strict=True):
            groups = [len(one.labels) for one in hierarchy.levels]
            out.append(groups.index(groups[level]))
        return tuple(out)

    def _is_settled(self, index: int) -> bool:
        over = self.bound[index] + self.penalty[index] >= self.best[0]
        return bool(self.is_hopeless[index] or over or index in self.verdicts)

    def _chain(self, index: int, top: int) -> list[int]:
        """Return the cheapest path from a node to the top."""
        chain = [index]
        while chain[-1] != top:
            here = self.nodes[chain[-1]]
            steps = [
                chain[-1] + stride
                for stride, low, high in zip(self.strides, here, self.nodes[top], strict=True)
                if low < high
            ]
            chain.append(min(steps, key=lambda step: (self.bound[step], step)))
        return chain

    def _bisect(self, chain: list[int]) -> None:
        """Find a node on the chain that holds early: it bounds the loss, and the failing ones tag what is below."""
        low, high = 0, len(chain) - 1
        while low < high:
            middle = (low + high) // 2
            if self.is_hopeless[chain[middle]] or not self.check(chain[middle]):
                low = middle + 1
            else:
                high = middle

    def check(self, index: int) -> bool:
        """Judge one node; remember what it proves about every node below it."""
        if index in self.verdicts:
            return self.verdicts[index]
        known = self.proved.get(str(index))
        proof = Proof(*known) if known else self._prove(index)
        if not known:
            self.proved[str(index)] = proof.as_list()
        below = np.all(self.nodes <= self.nodes[index], axis=1)
        self.penalty[below] = np.maximum(self.penalty[below], proof.penalty)
        if proof.forced > self.limit + 1e-6:
            self.is_hopeless |= below
        if proof.holds and proof.loss < self.best[0] - 1e-15:
            self.best = (proof.loss, index, proof.suppressed)
        self.least = min(self.least, proof.least)
        self.verdicts[index] = bool(proof.holds)
        self.tick(len(self.verdicts))
        return bool(proof.holds)

    def _classes(self, node: Node) -> GroupTable:
        """Return the classes of `node`, from a table that is needed anyway."""
        return merged(self.rollers[0].at(node)) if self.rollers else self.roller.at(node)

    def _prove(self, index: int) -> Proof:
        node = self.node(index)
        table = self._classes(node)
        good, must = self._judge(table)
        saved = self.demand.price - self._class_loss(table)
        forced = table.counts * must
        penalty = float(forced @ saved) / self.total - SLACK
        suppressed, loss = self._worth(index, table, good, saved)
        if suppressed > self.limit or not good.any():
            return Proof(penalty, float(forced.sum()), suppressed, loss, 0.0, np.inf)
        kept = self._settled(node, table, good, saved)
        if kept is None:
            return Proof(penalty, float(forced.sum()), suppressed, loss, 0.0, loss)
        suppressed, whole = self._worth(index, table, kept, saved)
        return Proof(penalty, float(forced.sum()), suppressed, whole, 1.0, loss)

    def _worth(self, index: int, table: GroupTable, good: Mask, saved: Weights) -> tuple[float, float]:
        """Rows suppressed and loss of a node when the other classes than `good` are taken out."""
        lost = float((table.counts * saved)[~good].sum()) / self.total
        return float(table.counts[~good].sum()), float(self.bound[index]) + lost

    def _class_loss(self, table: GroupTable) -> Weights:
        loss = np.zeros(len(table))
        for hierarchy, level, codes in zip(self.hierarchies, table.node, table.codes, strict=True):
            loss += hierarchy.levels[level].loss[codes]
        return loss / self.width

    def _judge(self, table: GroupTable) -> tuple[Mask, Weights]:
        good = table.counts >= self.demand.k
        must = np.where(good, 0.0, 1.0)
        for sensitive, roller in zip(self.demand.sensitive, self.rollers, strict=True):
            fine, share = judge(sensitive, roller.at(table.node), self.demand.k)
            good &= fine
            must = np.maximum(must, share)
        if self.people is None:
            return good, must
        fine, share = self._judge_people(table, self.people.counts_of(table.node, table.codes))
        return good & fine, np.maximum(must, share)

    def _judge_people(self, table: GroupTable, people: Codes) -> tuple[Mask, Weights]:
        """k-map: a part of a class has no more people than the class. δ-presence: kept rows are at most δ × people."""
        good = people >= self.demand.k_map
        must = np.where(good, 0.0, 1.0)
        if self.demand.delta is not None:
            room = self.demand.delta * people
            bad = table.counts > room * (1 + SLACK)
            good &= ~bad
            must = np.where(bad, np.maximum(must, 1.0 - room / table.counts - 1e-9), must)
        return good, np.clip(must, 0.0, 1.0)

    def _settled(self, node: Node, table: GroupTable, good: Mask, saved: Weights) -> Mask | None:
        """Return the classes that stay: t must also hold against the rows that stay, which is all a reader can measure."""
        if good.all() or not self.demand.checks_kept:
            return good
        pairs = zip(self.demand.sensitive, self.rollers, strict=True)
        asked = [(one, roller.at(node)) for one, roller in pairs if one.closeness is not None]
        if not asked:
            return good
        ways = [kept_close(asked, good, table.counts, self.limit, is_stepwise=step) for step in (False, True)]
        return min(
            (way for way in ways if way is not None),
            key=lambda way: float((table.counts * saved)[~way].sum()),
            default=None,
        )

    def kept(self, node: Node, codes: Sequence[Codes]) -> Mask:
        """Return which of the tuples given at the start stay at `node`."""
        table = self._classes(node)
        good, _ = self._judge(table)
        settled = self._settled(node, table, good, self.demand.price - self._class_loss(table))
        good = good if settled is None else settled
        sizes = [len(h.levels[level].labels) for h, level in zip(self.hierarchies, node, strict=True)]
        lifted = [h.levels[level].group_of_leaf[c] for h, level, c in zip(self.hierarchies, node, codes, strict=True)]
        joined = [np.concatenate(pair) for pair in zip(lifted, table.codes, strict=True)]
        keys, _ = tuple_keys(joined, sizes)
        own, classes = keys[: len(codes[0])], keys[len(codes[0]) :]
        return good[np.searchsorted(classes, own)]


def _distinct(
    hierarchies: Sequence[Hierarchy], codes: Sequence[Codes], counts: Codes, extra: Codes | None = None
) -> tuple[list[Codes], Codes, Codes | None]:
    """Return the distinct tuples of the quasi-identifiers, with one sensitive column when given."""
    sizes = [len(hierarchy.leaves) for hierarchy in hierarchies]
    columns = list(codes) if extra is None else [*codes, extra]
    keys, space = tuple_keys(columns, sizes if extra is None else [*sizes, int(extra.max(initial=0)) + 1])
    first, totals = gather(keys, space, counts)
    return [column[first] for column in codes], totals, None if extra is None else extra[first]
