"""Arranges figures of a scheme in tables by year, and withholds what is small. Pure: counts in, tables out.

Months are judged by their own size alone and shown once they are over. Everything else appears once its year is over: a
year that still grew would give away each of its months by the difference. What was published before is repeated as it
was and never counted anew, so that no two releases differ in a number. See `casework.disclosure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.disclosure import ROOM, Sum, ranges, withhold
from casework.publishing import TOO_FEW, WITHHELD, Shown, Table

TOTAL = "all"
MONTHLY = "Month by month"
# A cell: what is counted, the year, and a month, the total of the year, or the key of a split with a group of it.
Cell = tuple[str, int, Any]


@dataclass(frozen=True)
class Rules:
    """Counts below the threshold are withheld; a median needs at least so many people."""

    threshold: int
    fewest: int


@dataclass(frozen=True)
class Median:
    """Medians by place (a month, a group, TOTAL), each with how many it is of, and which counts it rests on: that there
    is one must say nothing of those of them that are withheld."""

    heading: str
    rests_on: tuple[str, ...]
    found: Mapping[Any, tuple[int, float]]


@dataclass(frozen=True)
class Split:
    """A breakdown of a year: its groups with their words, and for each measure its heading and count by group."""

    key: str
    part: str
    title: str
    first: str
    groups: tuple[tuple[Any, str], ...]
    counts: Mapping[str, tuple[str, Mapping[Any, int]]]
    medians: tuple[Median, ...] = ()


@dataclass(frozen=True)
class Year:
    """What was counted of a year. `others`: tables in which nothing has to be withheld, shown once it is over."""

    year: int
    is_over: bool
    months: tuple[date, ...]
    headings: Mapping[str, str]
    by_month: Mapping[str, Mapping[date, int]]
    splits: tuple[Split, ...] = ()
    medians: tuple[Median, ...] = ()
    others: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Kept:
    """What was published before: the tables of each year, which years were over, and, for the totals to come, what was
    counted for the months of those that were not."""

    tables: Mapping[int, tuple[Table, ...]] = field(default_factory=dict)
    over: frozenset[int] = frozenset()
    counts: Mapping[tuple[str, date], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """Tables as they are published, and what the next ones need. `safe`: it was checked that nothing follows."""

    kept: Kept
    safe: bool

    @property
    def tables(self) -> list[Table]:
        """All tables: the parts in their order, in each the newest year first."""
        every = [table for year in sorted(self.kept.tables, reverse=True) for table in self.kept.tables[year]]
        parts = list(dict.fromkeys(table.part for table in every))
        return sorted(every, key=lambda table: parts.index(table.part))


def arrange(
    years: Iterable[Year], rules: Rules, shuffle: Callable[[Cell], Any] = repr, before: Kept | None = None
) -> Made:
    """The tables of all years, with those that were published before as they were.

    Of the cells that could be withheld to protect another, the smallest is taken, and of equals the first by `shuffle`:
    without the key of the shuffle nobody can tell from the choice what the others are.
    """
    before = before or Kept()
    # also what nobody is left to be counted in
    tables = dict(before.tables)
    over, counts, safe = set(before.over), dict(before.counts), True
    for year in years:
        if year.year in before.over:
            continue
        made = Counted(year, rules, shuffle, before)
        tables[year.year] = tuple(made.tables(before.tables.get(year.year, ())))
        safe = safe and made.is_safe()
        counts = {place: count for place, count in counts.items() if place[1].year != year.year}
        if year.is_over:
            over.add(year.year)
        else:
            counts |= {
                (measure, month): made.counts[(measure, year.year, month)]
                for measure in year.by_month
                for month in made.months
            }
    return Made(Kept(tables, frozenset(over), counts), safe)


class Counted:
    """One year: its cells, the sums that readers can do, and which cells are withheld."""

    def __init__(self, year: Year, rules: Rules, shuffle: Callable[[Cell], Any], before: Kept | None = None) -> None:
        self.year, self.rules = year, rules
        earlier = before.counts if before else {}
        self.months = sorted({*year.months, *(month for _, month in earlier if month.year == year.year)})
        self.counts: dict[Cell, int] = {}
        self.sums: list[Sum[Cell]] = []
        for measure, by_month in year.by_month.items():
            for month in self.months:
                self.counts[(measure, year.year, month)] = earlier.get((measure, month), by_month.get(month, 0))
        self.settled = frozenset(self.counts)
        if year.is_over:
            self._close()
        self.hidden = frozenset[Cell]()
        # What is counted differently shares no sum, so each measure is protected by its own cells alone.
        for counts, sums in self._measures(sorted(self.counts, key=shuffle)):
            self.hidden |= withhold(counts, sums, rules.threshold, settled=self.settled & set(counts))

    def is_safe(self) -> bool:
        """Whether a reader who does every sum is left with several possible values of every withheld cell."""
        room = min(ROOM, self.rules.threshold - 1)
        for counts, sums in self._measures(self.counts):
            hidden = self.hidden & set(counts)
            known = ranges(counts, sums, hidden, self.rules.threshold, self.settled & set(counts))
            if any(known[cell][1] - known[cell][0] + 1 < room for cell in hidden):
                return False
        return True

    def _measures(self, order: Iterable[Cell]) -> Iterable[tuple[dict[Cell, int], list[Sum[Cell]]]]:
        """The cells of each measure, in an order, with their sums."""
        by_measure: dict[str, dict[Cell, int]] = {}
        for cell in order:
            by_measure.setdefault(cell[0], {})[cell] = self.counts[cell]
        for measure, counts in by_measure.items():
            yield counts, [each for each in self.sums if each.total[0] == measure]

    def tables(self, before: Sequence[Table]) -> list[Table]:
        """The months, those that were published before as they were; once the year is over the rest."""
        year = self.year
        published = {name: values for table in before if table.part == MONTHLY for name, values in table.rows}
        rows = [
            (f"{m:%B}", published.get(f"{m:%B}") or self._line(m, year.by_month, year.medians)) for m in self.months
        ]
        columns = (*year.headings.values(), *(median.heading for median in year.medians))
        if not year.is_over:
            return [Table(MONTHLY, f"{year.year} by month", "Month", columns, tuple(rows))]
        rows.append(("Year", self._line(TOTAL, year.by_month, year.medians)))
        return [
            Table(MONTHLY, f"{year.year} by month", "Month", columns, tuple(rows)),
            *(self._split(split) for split in year.splits),
            *year.others,
        ]

    def _close(self) -> None:
        """Add the totals of the year and its breakdowns."""
        year = self.year
        for measure in year.by_month:
            months = tuple((measure, year.year, month) for month in self.months)
            self.counts[(measure, year.year, TOTAL)] = sum(self.counts[cell] for cell in months)
            self.sums.append(Sum((measure, year.year, TOTAL), months))
        for split in year.splits:
            for measure, (_, by_group) in split.counts.items():
                total: Cell = (measure, year.year, TOTAL)
                cells = {(measure, year.year, (split.key, code)): by_group.get(code, 0) for code, _ in split.groups}
                if measure not in year.by_month:
                    self.counts[total] = sum(cells.values())
                elif cells:
                    # Who left since their month was published is still in it: the largest group keeps them, so that the
                    # sums hold and nobody sees that they went.
                    largest = max(cells, key=lambda cell: cells[cell])
                    cells[largest] += self.counts[total] - sum(cells.values())
                self.counts |= cells
                self.sums.append(Sum(total, tuple(cells)))

    def _split(self, split: Split) -> Table:
        columns = (*(heading for heading, _ in split.counts.values()), *(median.heading for median in split.medians))
        rows = [
            (words, self._line((split.key, code), split.counts, split.medians, code)) for code, words in split.groups
        ]
        rows.append(("All", self._line(TOTAL, split.counts, split.medians)))
        return Table(split.part, split.title, split.first, columns, tuple(rows))

    def _line(
        self, place: Any, measures: Iterable[str], medians: Iterable[Median], key: Any = None
    ) -> tuple[Shown, ...]:
        counts = [self._shown((measure, self.year.year, place)) for measure in measures]
        return (*counts, *(self._median(median, place, place if key is None else key) for median in medians))

    def _shown(self, cell: Cell) -> Shown:
        return WITHHELD if cell in self.hidden else self.counts[cell]

    def _median(self, median: Median, place: Any, key: Any) -> Shown:
        many, middle = median.found.get(key, (0, 0.0))
        cells = [(measure, self.year.year, place) for measure in median.rests_on]
        shown = sum(self.counts[cell] for cell in cells if cell not in self.hidden)
        if min(many, shown) >= self.rules.fewest:
            return round(middle)
        return WITHHELD if self.hidden.intersection(cells) else TOO_FEW
