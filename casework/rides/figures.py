"""Counts what the public page of the scheme shows: from the history alone, in whole months that are over.

Counted once each: an application in the month in which it was recorded; its first approval; its first refusal, with
that ground; a ride when its host closed it. A month that is over never changes, so two readings never differ.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text

from casework.areas import queries as areas
from casework.clocks import london
from casework.extensions import db
from casework.rides.tables import NOWHERE, OTHER, REFUSED, Raw
from casework.rides.workflow import PUBLISHED_GROUPS

_STEPS = """
    with steps as (
        select subject_id as case_id, 'applied' as what, min(at) as at, '' as ground
        from events where subject_kind = 'ride' and action = 'apply' and at < :until group by subject_id
        union all
        select subject_id, 'approved', min(at), ''
        from events where subject_kind = 'ride' and action = 'approve' and at < :until group by subject_id
        union all
        (select distinct on (subject_id) subject_id, 'refused', at, facts ->> 'ground'
        from events where subject_kind = 'ride' and action = 'refuse' and at < :until order by subject_id, number)
        union all
        select b.case_id, 'rode', e.at, ''
        from events e join bookings b on b.id = e.subject_id
        where e.subject_kind = 'booking' and e.action in ('complete', 'end_early') and e.at < :until
    )
"""
_COUNTS = text(
    "".join(
        (
            _STEPS,
            """
    select what, date_trunc('month', at at time zone 'Europe/London')::date as month, c.area_id, ground, count(*) as n
    from steps join cases c on c.id = steps.case_id
    group by 1, 2, 3, 4
""",
        )
    )
)
_WAITS = text(
    "".join(
        (
            _STEPS,
            """
    , ends as (
        select case_id, 'decision' as wait, min(at) as at
        from steps where what in ('approved', 'refused') group by case_id
        union all
        select case_id, 'ride', min(at) from steps where what = 'rode' group by case_id
    ), waits as (
        select wait, date_trunc('month', at at time zone 'Europe/London')::date as month,
            coalesce(c.area_id, 0) as area_id,
            (at at time zone 'Europe/London')::date - c.received_on as days
        from ends join cases c on c.id = ends.case_id
    )
    select wait, month, extract(year from month)::int as year, area_id, count(*) as n,
        percentile_cont(0.5) within group (order by days) as median
    from waits
    group by grouping sets ((wait, month), (wait, extract(year from month), area_id), (wait, extract(year from month)))
""",
        )
    )
)
_TYPICAL = text(
    "".join(
        (
            _STEPS,
            """
    , dated as (
        select case_id, (at at time zone 'Europe/London')::date as day, what from steps
    ), waits as (
        select 'decision' as wait, min(d.day) as day, min(d.day) - c.received_on as days
        from dated d join cases c on c.id = d.case_id
        where d.what in ('approved', 'refused') group by c.id, c.received_on
        union all
        select 'ride', r.day, r.day - a.day
        from dated r join dated a on a.case_id = r.case_id and a.what = 'approved' where r.what = 'rode'
    )
    select wait, count(*) as n, percentile_disc(array[0.1, 0.5, 0.9]) within group (order by days) as spread
    from waits where day >= :since group by wait
""",
        )
    )
)
_LAST = text("select id, at from events where at < :until order by at desc, id desc limit 1")


def count(until: date) -> Raw:
    """Count everything before a day."""
    counts: Counter[tuple[str, date, int]] = Counter()
    groups: Counter[tuple[date, str]] = Counter()
    before = {"until": london.start_of_day(until)}
    bcus = {area.id for area in areas.bcus()}
    for row in db.session.execute(_COUNTS, before):
        counts[(row.what, row.month, row.area_id if row.area_id in bcus else NOWHERE)] += row.n
        if row.what == REFUSED:
            groups[(row.month, PUBLISHED_GROUPS.get(row.ground, OTHER))] += row.n
    waits = {_place(row): (int(row.n), float(row.median)) for row in db.session.execute(_WAITS, before)}
    return Raw(until, dict(counts), dict(groups), waits)


def spreads(since: date, until: date) -> dict[str, tuple[int, int, int, int]]:
    """For each wait that ended in a time: how many, and the days of the quickest tenth, the half, and nine in ten."""
    rows = db.session.execute(_TYPICAL, {"since": since, "until": london.start_of_day(until)})
    return {row.wait: (row.n, *row.spread) for row in rows}


def last_event(until: date) -> tuple[int, datetime] | None:
    """The last thing that happened before a day: while it is the same, so is everything that is counted."""
    row = db.session.execute(_LAST, {"until": london.start_of_day(until)}).one_or_none()
    return (row.id, row.at) if row else None


def _place(row: Row[Any]) -> tuple[Any, ...]:
    if row.month is not None:
        return (row.wait, row.month)
    return (row.wait, row.year, row.area_id) if row.area_id is not None else (row.wait, row.year)
