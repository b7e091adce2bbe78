"""Rides, schemes and what is known of the same person."""

from __future__ import annotations

from sqlalchemy import func, or_, select

from casework.cases.models import CaseArea, Question
from casework.extensions import db
from casework.parties.models import Match, Party
from casework.rides.models import Health, Ride, RideFeedback, Scheme
from casework.rides.workflow import State

UNDECIDED = (State.SUBMITTED, State.WAITING, State.CHECKS, State.DECISION)


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
    return db.session.scalars(
        select(Question).where(
            Question.case_id == case_id,
            Question.room == room,
            Question.answered_at.is_(None),
            Question.closed_at.is_(None),
        )
    ).one_or_none()


def questions(case_id: int) -> list[Question]:
    """What was asked on the case outside the sealed rooms, oldest first."""
    return list(
        db.session.scalars(
            select(Question).where(Question.case_id == case_id, Question.room == "").order_by(Question.id)
        )
    )


def health(case_id: int) -> Health | None:
    """Health and adjustments: for the coordinator; the host gets `adjustments` alone."""
    return db.session.scalars(select(Health).where(Health.case_id == case_id)).one_or_none()


def feedback(case_id: int) -> RideFeedback | None:
    """What the rider said."""
    return db.session.scalars(select(RideFeedback).where(RideFeedback.case_id == case_id)).one_or_none()


def same_person(ride: Ride) -> list[int]:
    """The cases of this person: this one and those that staff confirmed as the same."""
    mine = select(Party.id).where(Party.case_id == ride.id, Party.part == "applicant")
    pairs = db.session.execute(
        select(Match.party_id, Match.other_id).where(
            Match.confirmed.is_(True), or_(Match.party_id.in_(mine), Match.other_id.in_(mine))
        )
    ).all()
    parties = {party for pair in pairs for party in pair}
    cases = db.session.scalars(select(Party.case_id).where(Party.id.in_(parties))) if parties else []
    return sorted({ride.id, *cases})


def matches(case_id: int) -> list[tuple[Match, Party]]:
    """Proposed and decided matches of the applicant, each with the other person's row."""
    mine = select(Party.id).where(Party.case_id == case_id)
    found = []
    for match in db.session.scalars(
        select(Match).where(or_(Match.party_id.in_(mine), Match.other_id.in_(mine))).order_by(Match.id)
    ):
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
        .where(Ride.state == State.APPROVED, Ride.is_open, or_(Ride.area_id.in_(area_ids), Ride.id.in_(shared)))
        .order_by(Ride.first.desc(), Ride.state_since, Ride.id)
        .limit(limit)
    )
    return list(db.session.scalars(wanted))
