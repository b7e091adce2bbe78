"""Calls and letters that are owed in some areas. Reads only."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Text, cast, false, func, literal, select
from sqlalchemy.orm import selectinload

from casework.cases.models import Case
from casework.cases.queries import Scope
from casework.clocks import london
from casework.extensions import db
from casework.history.models import Event
from casework.moments import now
from casework.outbox.models import Call, Owed
from casework.owed.models import Run, RunLetter
from casework.parties.models import Party

MOST = 200


def waiting(channel: str, scope: Scope, limit: int = MOST, free: bool = False) -> list[tuple[Owed, Case]]:
    """Rows of a channel that are due and not closed, the urgent and the oldest first.

    `free`: what may be put into a print run: what is in none, and is not held because post came back.
    """
    wanted = (
        select(Owed, Case)
        .join(Case, Case.stream_id == Owed.stream_id)
        .options(selectinload(Case.parties))
        .where(Owed.channel == channel, Owed.closed_at.is_(None), Owed.due_at <= now(), scope.covers())
        .order_by(Owed.rank, Owed.due_at, Owed.id)
        .limit(limit)
    )
    if free:
        taken = select(RunLetter.id).where(RunLetter.owed_id == Owed.id, RunLetter.live)
        wanted = wanted.where(~taken.exists(), ~came_back())
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def held(scope: Scope) -> list[tuple[Owed, Case, Party]]:
    """Letters that are due and wait in no run, because post to the same person came back; the oldest first."""
    taken = select(RunLetter.id).where(RunLetter.owed_id == Owed.id, RunLetter.live)
    wanted = (
        select(Owed, Case, Party)
        .join(Case, Case.stream_id == Owed.stream_id)
        .join(Party, _for_party())
        .where(Owed.channel == "letter", Owed.closed_at.is_(None), Owed.due_at <= now(), scope.covers())
        .where(Party.post_returned_at.is_not(None), ~taken.exists())
        .order_by(Owed.due_at, Owed.id)
        .limit(MOST)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(wanted)]


def came_back() -> ColumnElement[bool]:
    """The condition on a row and its case that post to whom it is for came back, and nobody has seen to that."""
    return select(Party.id).where(_for_party(), Party.post_returned_at.is_not(None)).exists()


def one(owed_id: int, channel: str, scope: Scope, lock: bool = False) -> tuple[Owed, Case] | None:
    """One row of a channel with its case, if it may be seen."""
    wanted = (
        select(Owed, Case)
        .join(Case, Case.stream_id == Owed.stream_id)
        .where(Owed.id == owed_id, Owed.channel == channel, scope.covers())
    )
    if lock:
        wanted = wanted.with_for_update(of=Owed).execution_options(populate_existing=True)
    row = db.session.execute(wanted).one_or_none()
    return (row[0], row[1]) if row else None


def tries(owed_ids: list[int]) -> dict[int, list[Call]]:
    """The tries at each call so far, oldest first."""
    found: dict[int, list[Call]] = {owed_id: [] for owed_id in owed_ids}
    for call in db.session.scalars(select(Call).where(Call.owed_id.in_(owed_ids)).order_by(Call.at, Call.id)):
        found[call.owed_id].append(call)
    return found


def causes(owed_ids: list[int]) -> dict[int, Event]:
    """The event that owes each of these rows."""
    wanted = (
        select(Owed.id, Event)
        .join(Event, (Event.stream_id == Owed.stream_id) & (Event.number == Owed.event_number))
        .where(Owed.id.in_(owed_ids))
    )
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def in_runs(owed_ids: list[int]) -> dict[int, int]:
    """The live run that each of these letters is in, where it is in one."""
    wanted = select(RunLetter.owed_id, RunLetter.run_id).where(RunLetter.owed_id.in_(owed_ids), RunLetter.live)
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def runs(scope: Scope, before: int | None = None, limit: int = 20) -> list[Run]:
    """The print runs in which all letters are of my areas and kinds, the newest first; `before` an id."""
    wanted = select(Run).where(_mine(scope))
    if before is not None:
        wanted = wanted.where(Run.id < before)
    return list(db.session.scalars(wanted.order_by(Run.id.desc()).limit(limit)))


def run(run_id: int, scope: Scope, lock: bool = False) -> Run | None:
    """One print run, if it may be seen."""
    wanted = select(Run).where(Run.id == run_id, _mine(scope))
    if lock:
        wanted = wanted.with_for_update(of=Run).execution_options(populate_existing=True)
    return db.session.scalars(wanted).one_or_none()


def letters_of(run_id: int) -> list[tuple[RunLetter, Owed, Case]]:
    """The letters of a run in their order, also those that were taken out."""
    wanted = (
        select(RunLetter, Owed, Case)
        .join(Owed, Owed.id == RunLetter.owed_id)
        .join(Case, Case.stream_id == Owed.stream_id)
        .options(selectinload(Case.parties))
        .where(RunLetter.run_id == run_id)
        .order_by(RunLetter.why != "", RunLetter.place, RunLetter.id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(wanted)]


def returned_in(run_id: int) -> set[int]:
    """The letters of a run, by their rows in the outbox, to whose people post came back since it was made."""
    wanted = (
        select(Owed.id)
        .join(RunLetter, RunLetter.owed_id == Owed.id)
        .join(Case, Case.stream_id == Owed.stream_id)
        .where(RunLetter.run_id == run_id, RunLetter.live, came_back())
    )
    return set(db.session.scalars(wanted))


def late(day: date) -> list[tuple[int | None, int, int]]:
    """Per area: letters that should have been posted by a day and were not, and those that should be on it."""
    tomorrow = london.start_of_day(day + timedelta(days=1))
    before = func.count().filter(Owed.due_at < london.start_of_day(day))
    wanted = (
        select(Case.area_id, before, func.count() - before)
        .select_from(Owed)
        .join(Case, Case.stream_id == Owed.stream_id)
        .where(Owed.channel == "letter", Owed.closed_at.is_(None), Owed.due_at < tomorrow)
        .group_by(Case.area_id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(wanted)]


def _for_party() -> ColumnElement[bool]:
    """That a row of a case is for this one of its people."""
    return (Party.case_id == Case.id) & (literal("party:") + cast(Party.id, Text) == Owed.part)


def _mine(scope: Scope) -> ColumnElement[bool]:
    """All the letters of a run are in scope: whoever sees a run sees every letter in it."""
    foreign = (
        select(RunLetter.id)
        .join(Owed, Owed.id == RunLetter.owed_id)
        .join(Case, Case.stream_id == Owed.stream_id)
        .where(RunLetter.run_id == Run.id, ~func.coalesce(scope.covers(), false()))
    )
    return ~foreign.exists()
