"""The published figures on complaints: one-way tables, small numbers withheld so that none follows from the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from casework.areas import queries as areas
from casework.complaints import figures, terms
from casework.complaints.figures import CONTACTED, FINALISED, LOGGED, MEASURES, RECORDED, REVIEWED, Counted
from casework.complaints.workflow import REASONS
from casework.disclosure import Sum, withhold
from casework.moments import today
from casework.publishing import TOO_FEW, WITHHELD, Shown, Table
from casework.sealed import digest
from casework.settings import service as settings

HEADINGS = {
    LOGGED: "Logged",
    RECORDED: "Recorded under Schedule 3",
    FINALISED: "Finished",
    REVIEWED: "Reviews applied for",
}
WAITS = {LOGGED: "to log", CONTACTED: "to contact the person", FINALISED: "to finish"}
TOTAL = "all"
Cell = tuple[str, int, Any]


@dataclass(frozen=True)
class Published:
    """Everything on the page. `last` is the last day that is counted, None while there is nothing to show."""

    last: date | None
    threshold: int
    fewest: int
    tables: tuple[Table, ...]


def published() -> Published:
    """The figures up to the end of last month."""
    threshold, fewest = int(settings.value("numbers.threshold")), int(settings.value("numbers.median"))
    until = today().replace(day=1)
    known = figures.last_event(until)
    made = _tables(until, known, threshold, fewest, today()) if known else ()
    return Published(until - timedelta(days=1) if made else None, threshold, fewest, made)


@lru_cache(maxsize=4)
def _tables(until: date, known: Any, threshold: int, fewest: int, day: date) -> tuple[Table, ...]:
    """What was counted before a day is the same as long as the last entry before it is."""
    return tuple(arrange(figures.count(until, settings.calendar()), threshold, fewest))


def arrange(counted: Counted, threshold: int, fewest: int) -> list[Table]:
    """The tables, the newest year first. Months once they are over; by area, category and reason once the year is."""
    if not counted.steps:
        return []
    first = min(month for _, month, _ in counted.steps)
    years = range((counted.until - timedelta(days=1)).year, first.year - 1, -1)
    made: list[Table] = []
    for year in years:
        made += _year(counted, year, first, threshold, fewest)
    parts = list(dict.fromkeys(table.part for table in made))
    return sorted(made, key=lambda table: parts.index(table.part))


def _year(counted: Counted, year: int, first: date, threshold: int, fewest: int) -> list[Table]:
    over = year < counted.until.year
    months = [m for m in (date(year, n, 1) for n in range(1, 13)) if first <= m < counted.until]
    places = [(area.id, area.name) for area in areas.bcus()]
    known = {place for place, _ in places}
    if any(m.year == year and area not in known for _, m, area in counted.steps):
        places.append((0, "No area"))
    reasons = _groups(counted.reasons, year, REASONS)
    categories = _groups(counted.categories, year, {k: v for k, v in terms.names("category").items() if len(k) == 1})
    results = _groups(counted.results, year, terms.names("result"))
    counts: dict[Cell, int] = {}
    sums: list[Sum[Cell]] = []
    for measure in MEASURES:
        by_month = {(measure, year, m): _sum(counted, measure, lambda mm, a, m=m: mm == m) for m in months}
        counts |= by_month
        if over:
            by_area = {
                (measure, year, place): _sum(
                    counted, measure, lambda mm, a, p=place: mm.year == year and (a if a in known else 0) == p
                )
                for place, _ in places
            }
            total = (measure, year, TOTAL)
            counts |= by_area | {total: sum(by_month.values())}
            sums += [Sum(total, tuple(by_month)), Sum(total, tuple(by_area))]
    if over:
        by_reason: dict[Cell, int] = {("reason", year, code): n for code, _, n in reasons}
        counts |= by_reason
        sums.append(Sum((RECORDED, year, TOTAL), tuple(by_reason)))
        for name, groups in (("category", categories), ("result", results)):
            cells: dict[Cell, int] = {(name, year, code): n for code, _, n in groups}
            counts |= cells | {(name, year, TOTAL): sum(cells.values())}
            sums.append(Sum((name, year, TOTAL), tuple(cells)))
    settled = {cell for cell in counts if isinstance(cell[2], date)}
    shuffled = {cell: counts[cell] for cell in sorted(counts, key=lambda cell: digest("numbers", f"cm{cell!r}"))}
    hidden = withhold(shuffled, sums, threshold, settled=settled)

    def shown(cell: Cell) -> Shown:
        return WITHHELD if cell in hidden else counts[cell]

    def line(place: Any) -> tuple[Shown, ...]:
        return tuple(shown((measure, year, place)) for measure in MEASURES)

    columns = tuple(HEADINGS.values())
    rows = [(f"{month:%B}", line(month)) for month in months] + ([("Year", line(TOTAL))] if over else [])
    made = [Table("Month by month", f"{year} by month", "Month", columns, tuple(rows))]
    if not over:
        return made
    by_place = [(name, line(place)) for place, name in places] + [("All", line(TOTAL))]
    made.append(Table("Area by area", f"{year} by area", "Area", columns, tuple(by_place)))
    for part, title, name, groups, whole in (
        ("What was alleged", f"{year}: allegations by category", "category", categories, ("category", year, TOTAL)),
        ("Why complaints were recorded", f"{year}: recorded, by reason", "reason", reasons, (RECORDED, year, TOTAL)),
        ("What came of it", f"{year}: allegations by result", "result", results, ("result", year, TOTAL)),
    ):
        listed = [(words, (shown((name, year, code)),)) for code, words, _ in groups]
        made.append(Table(part, title, name.title(), ("Number",), (*listed, ("All", (shown(whole),)))))
    made.append(_waits(counted, year, fewest))
    return made


def _waits(counted: Counted, year: int, fewest: int) -> Table:
    """How many working days it took. Too few people make no figure."""
    rows: list[tuple[str, tuple[Shown, ...]]] = []
    for what, words in WAITS.items():
        days = counted.waits.get((what, year))
        values: tuple[Shown, ...] = (TOO_FEW, TOO_FEW, TOO_FEW)
        if days is not None and days.many >= fewest:
            values = (round(days.mean), days.median, days.ninety)
        rows.append((f"Working days {words}", values))
    columns = ("Mean", "Half took no longer", "Nine in ten took no longer")
    return Table("How long it takes", f"{year}: working days", "Step", columns, tuple(rows))


def _groups(counted: dict[tuple[int, str], int], year: int, names: dict[str, str]) -> list[tuple[str, str, int]]:
    """Every group with its words and number; what belongs to none is told as "Other"."""
    found = [
        (code, f"{code} {words}" if len(code) == 1 else words, counted.get((year, code), 0))
        for code, words in names.items()
    ]
    rest = sum(n for (y, code), n in counted.items() if y == year and code not in names)
    return found + ([("?", "Not stated", rest)] if rest else [])


def _sum(counted: Counted, measure: str, fits: Any) -> int:
    return sum(n for (what, month, area), n in counted.steps.items() if what == measure and fits(month, area))


def measures(counted: Counted) -> Iterable[tuple[int, str, figures.Days]]:
    """For staff: every wait by year, the newest first."""
    for (what, year), days in sorted(
        counted.waits.items(), key=lambda each: (-each[0][1], list(WAITS).index(each[0][0]))
    ):
        yield year, WAITS[what], days
