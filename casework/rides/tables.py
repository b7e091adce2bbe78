"""Arranges the figures of the scheme in tables and withholds what is small. Pure: counts in, tables out.

Months are judged by their own size alone and shown once they are over. Figures by area and by ground appear once their
year is over: a year that still grew would give away each of its months by the difference. See `casework.disclosure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casework.disclosure import Sum, withhold
from casework.publishing import TOO_FEW as TOO_FEW
from casework.publishing import WITHHELD as WITHHELD
from casework.publishing import Shown, Table
from casework.rides.workflow import PUBLISHED_GROUPS

APPLIED, APPROVED, REFUSED, RODE = "applied", "approved", "refused", "rode"
MEASURES = (APPLIED, APPROVED, REFUSED, RODE)
DECISION, RIDE = "decision", "ride"
HEADINGS = {
    APPLIED: "Applications",
    APPROVED: "Approved",
    REFUSED: "Refused",
    RODE: "Rides",
    DECISION: "Median days to a decision",
    RIDE: "Median days to the ride",
}
# Which counts a median rests on. That there is a median must say nothing of those of them that are withheld.
RESTS_ON = {DECISION: (APPROVED, REFUSED), RIDE: (RODE,)}
# Cases whose area is not known, and grounds that belong to no group.
NOWHERE, OTHER = 0, "Other"
GROUPS = tuple(dict.fromkeys(PUBLISHED_GROUPS.values()))
TOTAL = "all"
# A cell: what is counted, the year, and a month, an area, a group of grounds, or the total of the year.
Cell = tuple[str, int, Any]


@dataclass(frozen=True)
class Raw:
    """What was counted before a day, before anything is withheld. Never shown as it is.

    `counts` by measure, month and area; `groups`, refusals by month and group of grounds; `waits`, how many and the
    median in days, by (wait, month), (wait, year, area) and (wait, year).
    """

    until: date
    counts: dict[tuple[str, date, int], int]
    groups: dict[tuple[date, str], int]
    waits: dict[tuple[Any, ...], tuple[int, float]]


@dataclass(frozen=True)
class Rules:
    """Counts below the threshold are withheld; a median needs at least so many people."""

    threshold: int
    fewest: int


def arrange(raw: Raw, bcus: list[tuple[int, str]], rules: Rules, shuffle: Callable[[Cell], Any] = repr) -> list[Table]:
    """The tables, the newest first. `bcus` are ids and names in the order of the rows.

    Of the cells that could be withheld to protect another, the smallest is taken, and of equals the first by `shuffle`:
    without the key of the shuffle nobody can tell from the choice what the others are.
    """
    if not raw.counts:
        return []
    first = min(month for _, month, _ in raw.counts)
    years = range((raw.until - timedelta(days=1)).year, first.year - 1, -1)
    made = {year: _Year(raw, year, first, bcus, rules, shuffle) for year in years}
    over = [made[year] for year in years if year < raw.until.year]
    return [
        *(year.by_month() for year in made.values()),
        *(year.by_area() for year in over),
        *(year.by_ground() for year in over),
    ]


class _Year:
    """One year: its cells, and which of them are withheld."""

    def __init__(
        self,
        raw: Raw,
        year: int,
        first: date,
        bcus: list[tuple[int, str]],
        rules: Rules,
        shuffle: Callable[[Cell], Any],
    ) -> None:
        self.raw, self.year, self.rules = raw, year, rules
        self.is_over = year < raw.until.year
        self.months = [m for m in (date(year, n, 1) for n in range(1, 13)) if first <= m < raw.until]
        self.areas = [*bcus, *([(NOWHERE, "No area")] if self._has(NOWHERE) else [])]
        self.groups = [*GROUPS, *([OTHER] if any(m.year == year and g == OTHER for m, g in raw.groups) else [])]
        self.counts: dict[Cell, int] = {}
        self.hidden: set[Cell] = set()
        for measure in MEASURES:
            self._add(measure, shuffle)

    def by_month(self) -> Table:
        """Each month, and the year once it is over."""
        rows = [(f"{month:%B}", self._line(month, (month,))) for month in self.months]
        if self.is_over:
            rows.append(("Year", self._line(TOTAL, (self.year,))))
        return Table("Month by month", f"{self.year} by month", "Month", tuple(HEADINGS.values()), tuple(rows))

    def by_area(self) -> Table:
        """Each BCU over the year."""
        rows = [(name, self._line(area_id, (self.year, area_id))) for area_id, name in self.areas]
        rows.append(("All", self._line(TOTAL, (self.year,))))
        return Table("Area by area", f"{self.year} by area", "Area", tuple(HEADINGS.values()), tuple(rows))

    def by_ground(self) -> Table:
        """Refusals by group of grounds over the year."""
        rows = [(group, (self._shown((REFUSED, self.year, group)),)) for group in self.groups]
        rows.append(("All", (self._shown((REFUSED, self.year, TOTAL)),)))
        return Table(
            "Why applications were refused",
            f"{self.year}: refusals by ground",
            "Ground",
            (HEADINGS[REFUSED],),
            tuple(rows),
        )

    def _add(self, measure: str, shuffle: Callable[[Cell], Any]) -> None:
        """Count the cells of a measure, and withhold."""
        lines: list[Iterable[Any]] = [self.months]
        if self.is_over:
            lines += [[area_id for area_id, _ in self.areas], *([self.groups] if measure == REFUSED else [])]
        cells = {(measure, self.year, place): self._count(measure, place) for line in lines for place in line}
        months = {(measure, self.year, month) for month in self.months}
        sums: list[Sum[Cell]] = []
        if self.is_over:
            total = (measure, self.year, TOTAL)
            cells[total] = sum(cells[month] for month in months)
            sums = [Sum(total, tuple((measure, self.year, place) for place in line)) for line in lines]
        shuffled = {cell: cells[cell] for cell in sorted(cells, key=shuffle)}
        self.counts |= cells
        self.hidden |= withhold(shuffled, sums, self.rules.threshold, settled=months)

    def _count(self, measure: str, place: Any) -> int:
        if isinstance(place, str):
            return sum(n for (month, group), n in self.raw.groups.items() if month.year == self.year and group == place)
        found = (
            (m, area, n) for (what, m, area), n in self.raw.counts.items() if what == measure and m.year == self.year
        )
        if isinstance(place, date):
            return sum(n for month, _, n in found if month == place)
        return sum(n for _, area, n in found if area == place)

    def _has(self, area_id: int) -> bool:
        return any(area == area_id and month.year == self.year for _, month, area in self.raw.counts)

    def _line(self, place: Any, key: tuple[Any, ...]) -> tuple[Shown, ...]:
        counts = [self._shown((measure, self.year, place)) for measure in MEASURES]
        return (*counts, *(self._median(wait, place, key) for wait in RESTS_ON))

    def _shown(self, cell: Cell) -> Shown:
        return WITHHELD if cell in self.hidden else self.counts[cell]

    def _median(self, wait: str, place: Any, key: tuple[Any, ...]) -> Shown:
        many, median = self.raw.waits.get((wait, *key), (0, 0.0))
        cells = [(measure, self.year, place) for measure in RESTS_ON[wait]]
        shown = sum(self.counts[cell] for cell in cells if cell not in self.hidden)
        if min(many, shown) >= self.rules.fewest:
            return round(median)
        return WITHHELD if self.hidden.intersection(cells) else TOO_FEW
