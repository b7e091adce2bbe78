"""Rides, schemes and what is known of the same person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, or_, select
from sqlalchemy.orm import selectinload

from casework.cases.models import Case, CaseArea, Question
from casework.cases.queries import Scope
from casework.extensions import db
from casework.parties.models import Match, Party
from casework.rides.models import Health, Ride, RideFeedback, Scheme, SchemeNotice
from casework.rides.workflow import State
from casework.schedule.models import Booking, Slot
from casework.schedule.workflow import TAKEN, SlotState

UNDECIDED = (State.SUBMITTED, State.WAITING, State.CHECKS, State.DECISION)

# What every look at a case asks, put together once.
_CASE: BindParameter[int] = bindparam("case_id")
_QUESTIONS = select(Question).where(Question.case_id == _CASE, Question.room == "").order_by(Question.id)
_OPEN_QUESTION = select(Question).where(
    Question.case_id == _CASE,
    Question.room == bindparam("room"),
    Question.answered_at.is_(None),
    Question.closed_at.is_(None),
)
_FEEDBACK = select(RideFeedback).where(RideFeedback.case_id == _CASE)
_OWN = select(Party.id).where(Party.case_id == _CASE)
_MATCHES = select(Match).where(or_(Match.party_id.in_(_OWN), Match.other_id.in_(_OWN))).order_by(Match.id)


def by_id(ride_id: int) -> Ride | None:
    """One application by its number, and no other kind of case."""
    return db.session.scalars(select(Ride).where(Ride.id == ride_id)).one_or_none()


def scheme(area_id: int) -> Scheme | None:
    """The scheme of a BCU."""
    return db.session.scalars(select(Scheme).where(Scheme.area_id == area_id)).one_or_none()


def schemes() -> dict[int, Scheme]:
    """Every scheme by BCU."""
    return {scheme.area_id: scheme for scheme in db.session.scalars(select(Scheme))}


def undecided(area_id: int) -> int:
    """How many applications of a BCU wait for a decision: what the intake cap counts."""
    wanted = (
        select(func.count()).select_from(Ride).where(Ride.area_id == area_id, Ride.state.in_(UNDECIDED), Ride.is_open)
    )
    return int(db.session.scalar(wanted) or 0)


def open_question(case_id: int, room: str = "") -> Question | None:
    """The question that waits for an answer."""
    return db.session.scalars(_OPEN_QUESTION, {"case_id": case_id, "room": room}).one_or_none()


def questions(case_id: int) -> list[Question]:
    """What was asked on the case outside the sealed rooms, oldest first."""
    return list(db.session.scalars(_QUESTIONS, {"case_id": case_id}))


def health(case_id: int) -> Health | None:
    """Health and adjustments: for the coordinator; the host gets `adjustments` alone."""
    return db.session.scalars(select(Health).where(Health.case_id == case_id)).one_or_none()


def feedback(case_id: int) -> RideFeedback | None:
    """What the rider said."""
    return db.session.scalars(_FEEDBACK, {"case_id": case_id}).one_or_none()


def same_person(ride: Ride) -> list[int]:
    """The cases of this person: this one and those that staff confirmed as the same."""
    mine = select(Party.id).where(Party.case_id == ride.id, Party.part == "applicant")
    pairs = db.session.execute(
        select(Match.party_id, Match.other_id).where(
            Match.confirmed.is_(True), or_(Match.party_id.in_(mine), Match.other_id.in_(mine))
        )
    ).all()
    parties = {party for pair in pairs for party in pair}
    cases: Iterable[int] = db.session.scalars(select(Party.case_id).where(Party.id.in_(parties))) if parties else []
    return sorted({ride.id, *cases})


def matches(case_id: int) -> list[tuple[Match, Party]]:
    """Proposed and decided matches of the applicant, each with the other person's row."""
    found = []
    for match in db.session.scalars(_MATCHES, {"case_id": case_id}):
        sides = {
            p.id: p for p in db.session.scalars(select(Party).where(Party.id.in_([match.party_id, match.other_id])))
        }
        other = next((p for p in sides.values() if p.case_id != case_id), None)
        if other is not None:
            found.append((match, other))
    return found


def ready_for_a_place(area_ids: frozenset[int], limit: int = 50) -> list[Ride]:
    """Approved riders whose wishes lie in these areas: those we cancelled on first, then by waiting time."""
    shared = select(CaseArea.case_id).where(CaseArea.area_id.in_(area_ids))
    wanted = (
        select(Ride)
        .options(selectinload(Ride.parties))
        .where(Ride.state == State.APPROVED, Ride.is_open, or_(Ride.area_id.in_(area_ids), Ride.id.in_(shared)))
        .order_by(Ride.first.desc(), Ride.state_since, Ride.id)
        .limit(limit)
    )
    return list(db.session.scalars(wanted))


@dataclass(frozen=True)
class Likeness:
    """Another case that may be of the same person; its name is there only where it may be seen."""

    match: Match
    case: Case
    name: str
    visible: bool

    @property
    def answer(self) -> str:
        """What was decided: "yes", "no", or "open"."""
        return {True: "yes", False: "no", None: "open"}[self.match.confirmed]


def matches_within(case_id: int, area_ids: frozenset[int], force_wide: bool) -> list[Likeness]:
    """The matches of a case, with what of the other cases may be seen from these areas."""
    found = [(match, other) for match, other in matches(case_id) if other.erased_at is None]
    ids = {other.case_id for _, other in found}
    others = {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(ids)))}
    inside = set(db.session.scalars(select(Case.id).where(Case.id.in_(ids), Scope(area_ids, force_wide).covers())))
    return [
        Likeness(match, others[other.case_id], other.name if other.case_id in inside else "", other.case_id in inside)
        for match, other in found
    ]


def dissatisfied(area_ids: frozenset[int], force_wide: bool, limit: int = 100) -> list[tuple[RideFeedback, Case]]:
    """Feedback in these areas that sounds dissatisfied and that nobody has looked at, oldest first."""
    wanted = (
        select(RideFeedback, Case)
        .join(Case, Case.id == RideFeedback.case_id)
        .options(selectinload(Case.parties))
        .where(RideFeedback.dissatisfied, RideFeedback.looked_at.is_(None), Scope(area_ids, force_wide).covers())
        .order_by(RideFeedback.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def feedback_within(number: str, area_ids: frozenset[int], force_wide: bool) -> RideFeedback | None:
    """One feedback by its number, if its case lies in these areas."""
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        return None
    wanted = select(RideFeedback).join(Case, Case.id == RideFeedback.case_id).where(RideFeedback.id == int(number))
    return db.session.scalars(wanted.where(Scope(area_ids, force_wide).covers())).one_or_none()


@dataclass(frozen=True)
class Figures:
    """What stands beside the settings of a scheme."""

    undecided: int = 0
    approved: int = 0
    free: int = 0
    taken: int = 0
    waiting: int = 0


def figures(area_ids: list[int], today: date) -> dict[int, Figures]:
    """For each BCU: undecided, approved without a place, free places ahead, rides of this month, people to be told."""
    first = today.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)

    def counted(column: Any, *conditions: Any, joined: Any = None) -> dict[int, int]:
        wanted = select(column, func.count()).where(column.in_(area_ids), *conditions).group_by(column)
        if joined is not None:
            wanted = wanted.join(*joined)
        return {row[0]: row[1] for row in db.session.execute(wanted)}

    undecided = counted(Ride.area_id, Ride.is_open, Ride.state.in_(UNDECIDED))
    approved = counted(Ride.area_id, Ride.is_open, Ride.state == State.APPROVED)
    free = counted(Slot.area_id, Slot.state == SlotState.PUBLISHED, Slot.on > today)
    taken = counted(
        Slot.area_id,
        Slot.on >= first,
        Slot.on < after,
        Booking.state.in_(TAKEN),
        joined=(Booking, Booking.slot_id == Slot.id),
    )
    waiting = counted(SchemeNotice.area_id)
    return {
        each: Figures(*(counts.get(each, 0) for counts in (undecided, approved, free, taken, waiting)))
        for each in area_ids
    }
