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
from casework.moments import today
from casework.protected import Kept, Made, Rules, Split, Year
from casework.protected import arrange as protect
from casework.publishing import TOO_FEW, Shown, Table, released
from casework.sealed import digest
from casework.settings import service as settings

HEADINGS = {
    LOGGED: "Logged",
    RECORDED: "Recorded under Schedule 3",
    FINALISED: "Finished",
    REVIEWED: "Reviews applied for",
}
WAITS = {LOGGED: "to log", CONTACTED: "to contact the person", FINALISED: "to finish"}


@dataclass(frozen=True)
class Published:
    """Everything on the page. `last` is the last day that is counted, None while there is nothing to show."""

    last: date | None
    threshold: int
    fewest: int
    tables: tuple[Table, ...]
    release: str = ""


def published() -> Published:
    """The figures that were released last; before the first release, those up to the end of last month."""
    if (found := released("complaints")) is not None:
        return Published(found.last, found.threshold, found.fewest, tuple(found.tables), found.name)
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
    return make(counted, Rules(threshold, fewest)).tables


def make(counted: Counted, rules: Rules, before: Kept | None = None) -> Made:
    """The same, after what was published before."""
    return protect(years(counted, rules.fewest), rules, lambda cell: digest("numbers", f"cm{cell!r}"), before)


def make_until(until: date, rules: Rules, before: Kept | None) -> Made:
    """The tables of a release, after those of the one before."""
    return make(figures.count(until, settings.calendar()), rules, before)


def years(counted: Counted, fewest: int) -> Iterable[Year]:
    """What was counted, year by year, the newest first."""
    if not counted.steps:
        return
    first = min(month for _, month, _ in counted.steps)
    for year in range((counted.until - timedelta(days=1)).year, first.year - 1, -1):
        yield _year(counted, year, first, fewest)


def _year(counted: Counted, year: int, first: date, fewest: int) -> Year:
    months = tuple(m for m in (date(year, n, 1) for n in range(1, 13)) if first <= m < counted.until)
    places = [(area.id, area.name) for area in areas.bcus()]
    known = {place for place, _ in places}
    by_month: dict[str, dict[date, int]] = {measure: dict.fromkeys(months, 0) for measure in MEASURES}
    by_area: dict[str, dict[int, int]] = {measure: {} for measure in MEASURES}
    for (measure, month, area), count in counted.steps.items():
        if month.year == year:
            place = area if area in known else 0
            by_month[measure][month] += count
            by_area[measure][place] = by_area[measure].get(place, 0) + count
    if any(0 in found for found in by_area.values()):
        places.append((0, "No area"))
    measured = {measure: (HEADINGS[measure], by_area[measure]) for measure in MEASURES}
    categories = {code: words for code, words in terms.names("category").items() if len(code) == 1}
    return Year(
        year,
        year < counted.until.year,
        months,
        {measure: HEADINGS[measure] for measure in MEASURES},
        by_month,
        (
            Split("area", "Area by area", f"{year} by area", "Area", tuple(places), measured),
            *(
                _split(part, title, name, measure, _groups(found, year, words))
                for part, title, name, measure, found, words in (
                    (
                        "What was alleged",
                        f"{year}: allegations by category",
                        "category",
                        "category",
                        counted.categories,
                        categories,
                    ),
                    (
                        "Why complaints were recorded",
                        f"{year}: recorded, by reason",
                        "reason",
                        RECORDED,
                        counted.reasons,
                        REASONS,
                    ),
                    (
                        "What came of it",
                        f"{year}: allegations by result",
                        "result",
                        "result",
                        counted.results,
                        terms.names("result"),
                    ),
                )
            ),
        ),
        others=(_waits(counted, year, fewest),),
    )


def _split(part: str, title: str, name: str, measure: str, groups: list[tuple[str, str, int]]) -> Split:
    words = tuple((code, words) for code, words, _ in groups)
    counts = {measure: ("Number", {code: count for code, _, count in groups})}
    return Split(name, part, title, name.title(), words, counts)


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


def measures(counted: Counted) -> Iterable[tuple[int, str, figures.Days]]:
    """For staff: every wait by year, the newest first."""
    for (what, year), days in sorted(
        counted.waits.items(), key=lambda each: (-each[0][1], list(WAITS).index(each[0][0]))
    ):
        yield year, WAITS[what], days
