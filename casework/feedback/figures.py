"""Counts what is published of feedback: from the history, in whole months that are over.

Counted once each: what reached us, in the month of its receipt; its first answer that closed it; that it went on as a
complaint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text

from casework.areas import queries as areas
from casework.clocks import london
from casework.extensions import db
from casework.feedback.workflow import SORTS
from casework.protected import Kept, Made, Rules, Split, Year, arrange
from casework.sealed import digest

RECEIVED, ANSWERED, WENT_ON = "received", "answered", "went_on"
HEADINGS = {RECEIVED: "Received", ANSWERED: "Answered", WENT_ON: "Went on as a complaint"}
NOWHERE, NOT_SORTED = 0, ""

_STEPS = text("""
    with steps as (
        select subject_id as case_id, 'received' as what, min(at) as at from events
        where subject_kind = 'feedback' and action = 'submit' and at < :until group by subject_id
        union all
        select subject_id, 'answered', min(at) from events
        where subject_kind = 'feedback' and to_state = 'closed' and at < :until group by subject_id
        union all
        select subject_id, 'went_on', min(at) from events
        where subject_kind = 'feedback' and to_state = 'converted' and at < :until group by subject_id
    )
    select what, date_trunc('month', at at time zone 'Europe/London')::date as month, c.area_id, f.sort, count(*) as n
    from steps join cases c on c.id = steps.case_id join feedback f on f.id = c.id
    group by 1, 2, 3, 4
""")


@dataclass(frozen=True)
class Counted:
    """What was counted before a day: by measure, month and area; and what was received by month and sort."""

    until: date
    steps: dict[tuple[str, date, int], int]
    sorts: dict[tuple[date, str], int]


def count(until: date) -> Counted:
    """Count everything before a day."""
    bcus = {area.id for area in areas.bcus()}
    steps: Counter[tuple[str, date, int]] = Counter()
    sorts: Counter[tuple[date, str]] = Counter()
    for row in db.session.execute(_STEPS, {"until": london.start_of_day(until)}):
        steps[(row.what, row.month, row.area_id if row.area_id in bcus else NOWHERE)] += row.n
        if row.what == RECEIVED:
            sorts[(row.month, row.sort if row.sort in SORTS else NOT_SORTED)] += row.n
    return Counted(until, dict(steps), dict(sorts))


def make(counted: Counted, rules: Rules, before: Kept | None = None) -> Made:
    """The tables, after what was published before."""
    return arrange(years(counted), rules, lambda cell: digest("numbers", f"fb{cell!r}"), before)


def years(counted: Counted) -> Iterable[Year]:
    """What was counted, year by year, the newest first."""
    if not counted.steps:
        return
    first = min(month for _, month, _ in counted.steps)
    for year in range((counted.until - timedelta(days=1)).year, first.year - 1, -1):
        yield _year(counted, year, first)


def _year(counted: Counted, year: int, first: date) -> Year:
    months = tuple(m for m in (date(year, n, 1) for n in range(1, 13)) if first <= m < counted.until)
    by_month: dict[str, dict[date, int]] = {measure: dict.fromkeys(months, 0) for measure in HEADINGS}
    by_area: dict[str, dict[int, int]] = {measure: {} for measure in HEADINGS}
    for (measure, month, area), n in counted.steps.items():
        if month.year == year:
            by_month[measure][month] += n
            by_area[measure][area] = by_area[measure].get(area, 0) + n
    sorts: Counter[str] = Counter()
    for (month, sort), n in counted.sorts.items():
        if month.year == year:
            sorts[sort] += n
    places = [(area.id, area.name) for area in areas.bcus()]
    places += [(NOWHERE, "No area")] if any(NOWHERE in found for found in by_area.values()) else []
    groups = [*SORTS.items(), *([(NOT_SORTED, "Not sorted")] if sorts[NOT_SORTED] else [])]
    return Year(
        year,
        year < counted.until.year,
        months,
        HEADINGS,
        by_month,
        (
            Split(
                "area",
                "Area by area",
                f"{year} by area",
                "Area",
                tuple(places),
                {measure: (heading, by_area[measure]) for measure, heading in HEADINGS.items()},
            ),
            Split(
                "sort",
                "What it was",
                f"{year}: received, by sort",
                "Sort",
                tuple(groups),
                {RECEIVED: ("Received", sorts)},
            ),
        ),
    )
