"""What a supervisor sees of everybody's work: load, age, what will be late and why. Counted by the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import aliased

from casework.accounts.models import Account
from casework.areas.models import Area
from casework.cases import registry
from casework.cases.models import Case, DueDuty
from casework.cases.queries import Scope
from casework.extensions import db
from casework.parties.models import Party

WEEK = timedelta(days=7)
# The edges of the age bands, in days since a case was received.
BANDS = (7, 28, 56, 120)
# How many of what will be late are named.
NAMED = 100


@dataclass(frozen=True)
class Load:
    """The open cases of one person or team."""

    name: str
    team: str
    open: int
    late: int
    soon: int


def loads(scope: Scope, today: date) -> list[Load]:
    """The load of each person who has something in a scope, and of nobody, the most loaded first."""
    wanted = (
        select(
            Account.name,
            Account.team,
            func.count(),
            func.count().filter(Case.next_due_on < today),
            func.count().filter(Case.next_due_on >= today, Case.next_due_on < today + WEEK),
        )
        .select_from(Case)
        .outerjoin(Account, Account.id == Case.assigned_to)
        .where(Case.is_open, scope.covers())
        .group_by(Account.id)
        .order_by(func.count().desc(), Account.name)
    )
    return [Load(row[0] or "", row[1] or "", row[2], row[3], row[4]) for row in db.session.execute(wanted)]


def teams(people: list[Load]) -> list[Load]:
    """The same by team."""
    sums: dict[str, list[int]] = {}
    for each in people:
        counts = sums.setdefault(each.team if each.name else "", [0, 0, 0])
        for place, count in enumerate((each.open, each.late, each.soon)):
            counts[place] += count
    return [Load("", team, *counts) for team, counts in sorted(sums.items(), key=lambda pair: -pair[1][0])]


def ages(scope: Scope, today: date) -> dict[str, list[int]]:
    """Open cases of each kind by how many days ago they were received: one count per band, then all."""
    edges = [today - timedelta(days=days) for days in BANDS]
    since = [*edges, None]
    before = [None, *edges]
    columns = [
        func.count().filter(
            *([Case.received_on > first] if first else []), *([Case.received_on <= last] if last else [])
        )
        for first, last in zip(since, before, strict=True)
    ]
    wanted = select(Case.kind, *columns, func.count()).where(Case.is_open, scope.covers()).group_by(Case.kind)
    return {row[0]: list(row[1:]) for row in db.session.execute(wanted.order_by(Case.kind))}


def reasons(scope: Scope, today: date) -> list[tuple[str, str, int, int]]:
    """What will be late within a week if nobody acts: kind, the words of the duty or status, how many, how many of
    them nobody has."""
    nobody = func.count().filter(Case.assigned_to.is_(None))
    coming = and_(Case.is_open, Case.next_due_on >= today, Case.next_due_on < today + WEEK, scope.covers())
    wanted = (
        select(Case.kind, DueDuty.name, Case.state, func.count(), nobody)
        .select_from(Case)
        .outerjoin(DueDuty, _behind())
        .where(coming)
        .group_by(Case.kind, DueDuty.name, Case.state)
    )
    sums: dict[tuple[str, str], list[int]] = {}
    for kind, duty, state, count, unheld in db.session.execute(wanted):
        counts = sums.setdefault((kind, why(kind, duty, state)), [0, 0])
        counts[0] += count
        counts[1] += unheld
    ordered = sorted(sums.items(), key=lambda pair: -pair[1][0])
    return [(kind, words, counts[0], counts[1]) for (kind, words), counts in ordered]


def coming(scope: Scope, today: date) -> list[Row[Any]]:
    """The cases that will be late within a week, the first first."""
    wanted = _rows(scope).where(Case.next_due_on >= today, Case.next_due_on < today + WEEK)
    return list(db.session.execute(wanted.limit(NAMED)))


def everything(scope: Scope) -> Iterator[Row[Any]]:
    """Every open case in a scope, by what is owed next, a batch at a time."""
    found = db.session.execute(_rows(scope), execution_options={"yield_per": 500})
    yield from found


def why(kind: str, duty: str | None, state: str) -> str:
    """What is owed next, in words: the duty, or what the status asks for."""
    if duty:
        return registry.duty_words(kind).get(duty, duty)
    return registry.named(kind).workflow.states[state].staff


def _behind() -> Any:
    """The open duty from which a case's date comes: the first, where several fall on that day."""
    other = aliased(DueDuty)
    first = (
        select(func.min(other.id))
        .where(
            other.case_id == Case.id,
            other.due_on == Case.next_due_on,
            other.met_on.is_(None),
            other.ended_on.is_(None),
        )
        .correlate(Case)
        .scalar_subquery()
    )
    return and_(DueDuty.case_id == Case.id, DueDuty.id == first)


def _rows(scope: Scope) -> Any:
    person = aliased(Party)
    return (
        select(
            Case.reference,
            Case.kind,
            Case.state,
            Case.waits_for,
            Case.received_on,
            Case.next_due_on,
            DueDuty.name.label("duty"),
            Area.name.label("area"),
            Account.name.label("holder"),
            Account.team.label("team"),
            person.name.label("person"),
            Case.channel,
        )
        .select_from(Case)
        .outerjoin(DueDuty, _behind())
        .outerjoin(Area, Area.id == Case.area_id)
        .outerjoin(Account, Account.id == Case.assigned_to)
        .outerjoin(
            person, and_(person.case_id == Case.id, or_(person.part == "applicant", person.part == "complainant"))
        )
        .where(Case.is_open, scope.covers())
        .order_by(Case.next_due_on, Case.id)
    )
