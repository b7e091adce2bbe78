"""Small numbers in published tables: which cells to withhold, so that none of them follows from what is shown. Pure.

A count from 1 to threshold - 1 is withheld; zeros are shown, they are about nobody, unless nothing else is. Where a
sum would give a withheld cell away, further cells are withheld too, the smallest first, until every withheld cell has
several possible values.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
# The least and the most that a cell can be, as far as a reader can tell.
Range = tuple[float, float]

# Of every withheld cell a reader is left with at least so many possible values.
ROOM = 3


@dataclass(frozen=True)
class Sum(Generic[K]):
    """A total and what it is the sum of. Readers know it too."""

    total: K
    parts: tuple[K, ...]

    @property
    def cells(self) -> tuple[K, ...]:
        """The total and its parts."""
        return (self.total, *self.parts)


def withhold(
    counts: Mapping[K, int], sums: Sequence[Sum[K]], threshold: int, settled: Collection[K] = ()
) -> frozenset[K]:
    """The cells to withhold. The same counts give the same answer; cells are compared in the order of `counts`.

    `settled` cells were published before these sums and are judged by their own size alone: one that has been shown
    cannot be withheld any more. ValueError where the parts of a sum do not add up to its total.
    """
    for each in sums:
        if sum(counts[part] for part in each.parts) != counts[each.total]:
            raise ValueError(f"the parts of {each.total} do not add up")
    hidden = {cell for cell, count in counts.items() if 0 < count < threshold}
    order = {cell: number for number, cell in enumerate(counts)}
    totals = {each.total for each in sums}
    bound = _bound(sums, hidden, settled)
    while (exposed := _exposed(counts, sums, hidden, threshold, settled)) is not None:
        spare = {cell for cell in counts if counts[cell] and cell not in hidden and cell not in bound}
        if not spare:
            # Nothing but zeros is shown. They say too much: without them any withheld cell may be one.
            zeros = {part for each in sums for part in each.parts if counts[part] == 0} - hidden - bound
            if not zeros:
                break
            hidden |= zeros
            continue
        near = _near(exposed, sums, hidden, spare)
        hidden.add(min(near, key=lambda cell: (cell in totals, counts[cell], order[cell])))
    return frozenset(hidden)


def ranges(
    counts: Mapping[K, int],
    sums: Sequence[Sum[K]],
    hidden: Collection[K],
    threshold: int,
    settled: Collection[K] = (),
) -> dict[K, Range]:
    """What a reader who does every sum can say of each cell: the least and the most that it can be.

    They know that a withheld cell is not 0, unless nothing is shown at all, and that a settled one is small. Where
    that cannot be, some least is greater than its most. Exact where sums share no more than a cell and none leads
    back in a circle, as in tables that have their grand total in common; else possibly too wide.
    """
    least = 0 if set(counts) <= set(hidden) | _bound(sums, hidden, settled) else 1
    known: dict[K, Range] = {
        cell: (count, count) if cell not in hidden else ((1, threshold - 1) if cell in settled else (least, inf))
        for cell, count in counts.items()
    }
    changed = True
    while changed:
        changed = False
        for each in sums:
            for cell in each.cells:
                if cell in hidden:
                    better = _by_sum(each, cell, known)
                    changed = changed or better != known[cell]
                    known[cell] = better
                    if better[0] > better[1]:
                        return known
    return known


def _bound(sums: Sequence[Sum[K]], hidden: Collection[K], settled: Collection[K]) -> set[K]:
    """The settled cells, and the totals of those: what has been shown is known, whatever is done about it."""
    known = {each.total for each in sums if all(cell in settled and cell not in hidden for cell in each.parts)}
    return known | set(settled)


def _by_sum(each: Sum[K], cell: K, known: Mapping[K, Range]) -> Range:
    """What one sum says of one of its cells, together with what was known of it."""
    others = [known[part] for part in each.parts if part != cell]
    least, most = sum(low for low, _ in others), sum(high for _, high in others)
    if cell != each.total:
        least, most = known[each.total][0] - most, known[each.total][1] - least
    return max(known[cell][0], least), min(known[cell][1], most)


def _exposed(
    counts: Mapping[K, int], sums: Sequence[Sum[K]], hidden: Collection[K], threshold: int, settled: Collection[K]
) -> K | None:
    """A withheld cell of which a reader would know too much, if there is one.

    Some readers know how cells are chosen and will guess that all of them are small, which often is so.
    """
    room = min(ROOM, threshold - 1)
    known = ranges(counts, sums, hidden, threshold, settled)
    guessed = ranges(counts, sums, hidden, threshold, hidden)
    may_be = all(low <= high for low, high in guessed.values())
    for cell in counts:
        if cell in hidden:
            low, high = known[cell]
            if high - low + 1 < room or (may_be and guessed[cell][0] == guessed[cell][1]):
                return cell
    return None


def _near(cell: K, sums: Sequence[Sum[K]], hidden: Collection[K], spare: Collection[K]) -> set[K]:
    """The spare cells in the sums that a cell is in; if there are none, in the sums that share a withheld cell with
    those, and so on."""
    reached = {cell}
    while True:
        around = {each for one in sums if not reached.isdisjoint(one.cells) for each in one.cells}
        if found := around.intersection(spare):
            return found
        further = {each for each in around if each in hidden}
        if further <= reached:
            return set(spare)
        reached |= further
