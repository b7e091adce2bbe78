"""Counts what is published and measured of complaints: from history and rows, by month, in working days. Reads only.

Counted once each: a complaint when it was first logged or recorded, first recorded under Schedule 3, first finalised,
first reviewed; an allegation with its first category and its first result. All of it from events, which never change:
two readings of a year that is over never differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from casework.clocks import Calendar, london
from casework.extensions import db

LOGGED, RECORDED, FINALISED, REVIEWED = "logged", "recorded", "finalised", "reviewed"
MEASURES = (LOGGED, RECORDED, FINALISED, REVIEWED)
CONTACTED = "contacted"

_STEPS = text("""
    with steps as (
        select subject_id as case_id, 'logged' as what, min(at) as at from events
        where subject_kind = 'complaint' and action in ('log', 'record') and at < :until group by subject_id
        union all
        select subject_id, 'recorded', min(at) from events
        where subject_kind = 'complaint' and action in ('record', 'record_after') and at < :until group by subject_id
        union all
        select subject_id, 'finalised', min(at) from events
        where subject_kind = 'complaint' and to_state in ('finalised', 'withdrawn') and at < :until group by subject_id
        union all
        select subject_id, 'reviewed', min(at) from events
        where subject_kind = 'complaint' and action in ('apply_for_review', 'allow_late_review') and at < :until
        group by subject_id
        union all
        select subject_id, 'contacted', min(at) from events
        where subject_kind = 'complaint' and action = 'contact' and at < :until group by subject_id
    )
    select what, (steps.at at time zone 'Europe/London')::date as day, c.area_id, c.received_on, count(*) as n
    from steps join cases c on c.id = steps.case_id
    where :everywhere or c.area_id = any(:areas)
    group by 1, 2, 3, 4
""")
_FIRSTS = text("""
    with firsts as (
        select distinct on (subject_kind, what, subject_id) subject_kind, what, subject_id, at, code, stream_id
        from (
            select subject_kind, subject_id, at, number, stream_id,
                case when action like 'record%' then 'reason' when action = 'allege' then 'category' else 'result' end
                    as what,
                case when action = 'allege' then left(facts ->> 'category', 1)
                    when action = 'resolve' then facts ->> 'result'
                    when action = 'record_after' then 'dissatisfied'
                    else coalesce(facts ->> 'reason', 'wishes') end as code
            from events
            where at < :until and (subject_kind = 'complaint' and action in ('record', 'record_after')
                or subject_kind = 'allegation' and action in ('allege', 'resolve'))
        ) as every
        order by subject_kind, what, subject_id, number
    )
    select what, extract(year from firsts.at at time zone 'Europe/London')::int as year, coalesce(code, '') as code,
        count(*) as n
    from firsts join cases c on c.stream_id = firsts.stream_id
    where :everywhere or c.area_id = any(:areas)
    group by 1, 2, 3
""")


@dataclass(frozen=True)
class Days:
    """How many working days something took: how often, the mean, the middle, and what nine in ten stayed within."""

    many: int
    mean: float
    median: int
    ninety: int


@dataclass(frozen=True)
class Counted:
    """What was counted before a day. `steps`: measure, month, area; the rest by year. Never published as it is."""

    until: date
    steps: dict[tuple[str, date, int], int]
    reasons: dict[tuple[int, str], int]
    categories: dict[tuple[int, str], int]
    results: dict[tuple[int, str], int]
    waits: dict[tuple[str, int], Days]


def count(until: date, calendar: Calendar, areas: Collection[int] | None = None) -> Counted:
    """Count everything before a day; `areas` None means the whole force."""
    where = {"until": london.start_of_day(until), "everywhere": areas is None, "areas": sorted(areas or ())}
    steps: Counter[tuple[str, date, int]] = Counter()
    spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for row in db.session.execute(_STEPS, where):
        if row.what in MEASURES:
            steps[(row.what, row.day.replace(day=1), row.area_id or 0)] += row.n
        if row.what in {LOGGED, CONTACTED, FINALISED}:
            took = calendar.working_days(row.received_on, row.day)
            spans.setdefault((row.what, row.day.year), []).append((took, row.n))
    groups: dict[str, dict[tuple[int, str], int]] = {"reason": {}, "category": {}, "result": {}}
    for row in db.session.execute(_FIRSTS, where):
        groups[row.what][(row.year, row.code)] = row.n
    waits = {key: days_of(found) for key, found in spans.items()}
    return Counted(until, dict(steps), groups["reason"], groups["category"], groups["result"], waits)


def days_of(spans: Iterable[tuple[int, int]]) -> Days:
    """Mean, median and ninetieth percentile (nearest rank) of (working days, how often)."""
    ordered = sorted(spans)
    many = sum(n for _, n in ordered)
    mean = sum(days * n for days, n in ordered) / many
    return Days(many, mean, _rank(ordered, many, 0.5), _rank(ordered, many, 0.9))


def last_event(until: date) -> Any:
    """The last thing that happened before a day: while it is the same, so is everything that is counted."""
    found = text("select id, at from events where at < :until order by at desc, id desc limit 1")
    row = db.session.execute(found, {"until": london.start_of_day(until)}).one_or_none()
    return (row.id, row.at) if row else None


def _rank(ordered: list[tuple[int, int]], many: int, share: float) -> int:
    wanted, seen = -(-many * share // 1), 0
    for days, n in ordered:
        seen += n
        if seen >= wanted:
            return days
    return ordered[-1][0]
