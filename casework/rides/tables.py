"""Arranges the figures of the scheme for publication: which tables there are. Pure: counts in, tables out.

What is withheld, and when a table is shown, is the same for all figures of our own: see `casework.protected`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casework.protected import TOTAL, Cell, Kept, Made, Median, Rules, Split, Year
from casework.protected import arrange as protect
from casework.publishing import Table
from casework.rides.workflow import PUBLISHED_GROUPS

__all__ = ["Raw", "Rules", "arrange", "make"]

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


def arrange(raw: Raw, bcus: list[tuple[int, str]], rules: Rules, shuffle: Callable[[Cell], Any] = repr) -> list[Table]:
    """The tables, the newest first. `bcus` are ids and names in the order of the rows."""
    return make(raw, bcus, rules, shuffle).tables


def make(
    raw: Raw,
    bcus: list[tuple[int, str]],
    rules: Rules,
    shuffle: Callable[[Cell], Any] = repr,
    before: Kept | None = None,
) -> Made:
    """The same, after what was published before."""
    return protect(years(raw, bcus), rules, shuffle, before)


def years(raw: Raw, bcus: list[tuple[int, str]]) -> Iterable[Year]:
    """What was counted, year by year, the newest first."""
    if not raw.counts:
        return
    first = min(month for _, month, _ in raw.counts)
    for year in range((raw.until - timedelta(days=1)).year, first.year - 1, -1):
        yield _year(raw, year, first, bcus)


def _year(raw: Raw, year: int, first: date, bcus: list[tuple[int, str]]) -> Year:
    months = tuple(m for m in (date(year, n, 1) for n in range(1, 13)) if first <= m < raw.until)
    nowhere = any(area == NOWHERE and month.year == year for _, month, area in raw.counts)
    other = any(month.year == year and group == OTHER for month, group in raw.groups)
    by_month: dict[str, dict[date, int]] = {measure: dict.fromkeys(months, 0) for measure in MEASURES}
    by_area: dict[str, dict[int, int]] = {measure: {} for measure in MEASURES}
    for (measure, month, area), count in raw.counts.items():
        if month.year == year:
            by_month[measure][month] += count
            by_area[measure][area] = by_area[measure].get(area, 0) + count
    by_ground: dict[str, int] = {}
    for (month, group), count in raw.groups.items():
        if month.year == year:
            by_ground[group] = by_ground.get(group, 0) + count
    return Year(
        year,
        year < raw.until.year,
        months,
        {measure: HEADINGS[measure] for measure in MEASURES},
        by_month,
        (
            Split(
                "area",
                "Area by area",
                f"{year} by area",
                "Area",
                (*bcus, *([(NOWHERE, "No area")] if nowhere else [])),
                {measure: (HEADINGS[measure], by_area[measure]) for measure in MEASURES},
                _medians(raw, year, of_areas=True),
            ),
            Split(
                "ground",
                "Why applications were refused",
                f"{year}: refusals by ground",
                "Ground",
                tuple((group, group) for group in (*GROUPS, *([OTHER] if other else []))),
                {REFUSED: (HEADINGS[REFUSED], by_ground)},
            ),
        ),
        _medians(raw, year),
    )


def _medians(raw: Raw, year: int, of_areas: bool = False) -> tuple[Median, ...]:
    """The waits of a year by month, or by area; both with those of the whole year."""
    found = []
    for wait, rests_on in RESTS_ON.items():
        places: dict[Any, tuple[int, float]] = {}
        for key, waited in raw.waits.items():
            if key == (wait, year):
                places[TOTAL] = waited
            elif of_areas and key[:2] == (wait, year):
                places[key[2]] = waited
            elif not of_areas and len(key) == 2 and key[0] == wait and isinstance(key[1], date) and key[1].year == year:
                places[key[1]] = waited
        found.append(Median(HEADINGS[wait], rests_on, places))
    return tuple(found)
