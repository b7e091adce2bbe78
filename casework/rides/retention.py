"""What of a ride-along application goes, and when. A hold on the case stops it. Periods are settings (keep.*)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Executable, delete, insert, select, update

from casework.accounts.models import Attempt, Session, Token
from casework.cases import service as cases
from casework.cases.models import Case, Draft, Question, Search
from casework.clocks import london
from casework.database import rows
from casework.deletion import deletes
from casework.extensions import db
from casework.outbox.models import Owed, Sent
from casework.rides.models import EqualityAnswer, Health, Ride, SchemeNotice
from casework.rides.workflow import State
from casework.roles import SYSTEM
from casework.schedule.models import Booking, EmergencyContact, RideLog, Slot
from casework.schedule.workflow import TAKEN, SlotState
from casework.settings import service as settings
from casework.vetting.models import Clearance, Declaration, VettingCheck

# Applications that ended without a ride lose health and emergency contact by the same periods, from their end.
_ENDED = (State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.CLOSED)


@deletes("drafts")
def drafts(today: date) -> int:
    """Drafts past their day; sent ones go with their answers already emptied."""
    return _count(delete(Draft).where(Draft.expires_on < today))


@deletes("health")
def health(today: date) -> int:
    """Health and adjustments, 30 days (setting) after the ride or after the application ended without one."""
    return _count(delete(Health).where(Health.case_id.in_(_over("keep.health", today))))


@deletes("emergency contacts")
def emergency_contacts(today: date) -> int:
    """Emergency contacts, 7 days (setting) after the ride, unless there was an incident."""
    incident = select(Booking.case_id).join(RideLog, RideLog.booking_id == Booking.id).where(RideLog.incident.is_(True))
    over = _over("keep.emergency", today)
    return _count(
        delete(EmergencyContact).where(EmergencyContact.case_id.in_(over), EmergencyContact.case_id.not_in(incident))
    )


@deletes("vetting detail")
def vetting_detail(today: date) -> int:
    """Declarations, findings and the vetting unit's questions, 6 months (setting) after the decision."""
    cutoff = _before("keep.vetting", today)
    decided = (
        select(Clearance.case_id)
        .join(Case, Case.id == Clearance.case_id)
        .where(Clearance.decided_at < cutoff, Case.hold == "")
    )
    # Never decided, because it was withdrawn or expired: from the end of the application.
    ended = select(Case.id).where(
        Case.kind == "ride", Case.is_open.is_(False), Case.state_since < cutoff, Case.hold == ""
    )
    either = decided.union(ended).subquery()
    which = select(either.c[0])
    gone = _count(delete(Declaration).where(Declaration.case_id.in_(which)))
    gone += _count(delete(Question).where(Question.case_id.in_(which), Question.room == "vetting"))
    for model in (VettingCheck, Clearance):
        gone += _count(
            update(model)
            .where(model.case_id.in_(which), model.detail_sealed.is_not(None))
            .values(detail_sealed=None)
            .execution_options(synchronize_session=False)
        )
    return gone


@deletes("equality answers mixed")
def equality_answers(today: date) -> int:
    """Nothing goes; the month's answers are laid down again in the order of their random ids, so that the order in
    which they lie says nothing of the order in which people applied. Returns 0."""
    rows = [
        (row.id, row.month, row.answers)
        for row in db.session.scalars(select(EqualityAnswer).where(EqualityAnswer.month == today.replace(day=1)))
    ]
    if rows:
        db.session.execute(delete(EqualityAnswer).where(EqualityAnswer.month == today.replace(day=1)))
        rows.sort(key=lambda row: row[0])
        db.session.execute(
            insert(EqualityAnswer), [dict(zip(("id", "month", "answers"), r, strict=True)) for r in rows]
        )
    return 0


@deletes("places that passed")
def places_that_passed(today: date) -> int:
    """Nothing is deleted: places whose day went by without a rider stop being free. Returns how many."""
    free = (SlotState.DRAFT, SlotState.PUBLISHED)
    passed = select(Slot).where(Slot.state.in_(free), Slot.on < today).order_by(Slot.id).limit(1000)
    slots = list(db.session.scalars(passed.with_for_update(skip_locked=True)))
    for slot in slots:
        cases.perform(slot, "pass", SYSTEM)
    return len(slots)


@deletes("searches")
def searches(today: date) -> int:
    """What staff searched for, after a day."""
    return _count(delete(Search).where(Search.at < london.start_of_day(today - timedelta(days=1))))


@deletes("sent messages")
def sent(today: date) -> int:
    """What was sent, as it was rendered, past its day."""
    held = select(Case.stream_id).where(Case.hold != "")
    return _count(delete(Sent).where(Sent.delete_on < today, Sent.stream_id.not_in(held)))


@deletes("scheme notices")
def scheme_notices(today: date) -> int:
    """Addresses that asked to be told, once they were told."""
    told = select(Owed.part).where(Owed.name == "scheme-open", Owed.closed_at.is_not(None))
    parts = set(db.session.scalars(told))
    ids = [int(part.partition(":")[2]) for part in parts]
    return _count(delete(SchemeNotice).where(SchemeNotice.id.in_(ids))) if ids else 0


@deletes("sessions")
def sessions(today: date) -> int:
    """Sessions that nobody has used for the kept time."""
    return _count(delete(Session).where(Session.seen_at < _before("keep.sessions", today)))


@deletes("tries and links")
def attempts(today: date) -> int:
    """Throttle rows after two days, single-use links a month after they ended."""
    since = london.start_of_day(today - timedelta(days=2))
    gone = _count(delete(Attempt).where(Attempt.at < since))
    return gone + _count(delete(Token).where(Token.expires_at < london.start_of_day(today - timedelta(days=30))))


def _over(key: str, today: date) -> ColumnElement[int]:
    """Cases whose last ride, or whose end without a ride, is longer ago than a setting; without those on hold."""
    cutoff = _before(key, today)
    rode = (
        select(Booking.case_id)
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Case, Case.id == Booking.case_id)
        .where(Booking.state.in_(TAKEN[2:]), Slot.on < cutoff.date(), Case.hold == "")
    )
    ended = select(Ride.id).where(Ride.state.in_(_ENDED), Ride.state_since < cutoff, Ride.hold == "")
    return rode.union(ended).scalar_subquery()


def _before(key: str, today: date) -> datetime:
    """The moment before which something must have happened for its period to be over on a day."""
    return london.start_of_day(settings.first_within(key, today))


def _count(statement: Executable) -> int:
    return rows(db.session.execute(statement))
