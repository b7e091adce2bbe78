"""Reads complaints: allegations, who they are about, checklists, tries at contact. Reads only."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from casework.cases import once
from casework.cases.models import Case
from casework.cases.queries import Scope
from casework.complaints.models import (
    Allegation,
    Complaint,
    ContactTry,
    Learning,
    Recommendation,
    ReferralCheck,
    Subject,
    Trigger,
)
from casework.extensions import db
from casework.history.models import Event, Stream
from casework.parties.models import Party

# What begins a new look at a complaint that was decided on.
ROUNDS = ("reinvestigate", "reopen", "record_after", "allow_late_review", "go_on_as_conduct")


def by_id(case_id: int) -> Complaint | None:
    """The complaint of an id."""
    return db.session.get(Complaint, case_id)


@once.asked
def allegations(case_id: int) -> list[Allegation]:
    """The allegations of a complaint with who they are about, by number."""
    return list(db.session.scalars(_ALLEGATIONS, {"case_id": case_id}).unique())


_ALLEGATIONS = (
    select(Allegation)
    .options(joinedload(Allegation.officers))
    .where(Allegation.case_id == bindparam("case_id"))
    .order_by(Allegation.number)
    .execution_options(populate_existing=True)
)


def last_number(case_id: int) -> int:
    """The number of the newest allegation; 0 where there is none."""
    read = once.known(allegations, case_id)
    if read is not None:
        return read[-1].number if read else 0
    return int(db.session.scalar(select(func.max(Allegation.number)).where(Allegation.case_id == case_id)) or 0)


def subjects(case_id: int) -> list[Subject]:
    """Everybody whom a complaint is about."""
    return list(db.session.scalars(select(Subject).where(Subject.case_id == case_id).order_by(Subject.id)))


@once.asked
def checks(case_id: int) -> list[ReferralCheck]:
    """The checklists that were answered, newest first."""
    return list(db.session.scalars(_CHECKS, {"case_id": case_id}))


_CHECKS = select(ReferralCheck).where(ReferralCheck.case_id == bindparam("case_id")).order_by(ReferralCheck.id.desc())


def tries(case_id: int) -> list[ContactTry]:
    """The tries at reaching the person, in the order in which they were made."""
    return list(
        db.session.scalars(
            select(ContactTry).where(ContactTry.case_id == case_id).order_by(ContactTry.at, ContactTry.id)
        )
    )


def learnings(case_id: int) -> list[Learning]:
    """What was learned from a case."""
    return list(db.session.scalars(_LEARNINGS, {"case_id": case_id}))


_LEARNINGS = select(Learning).where(Learning.case_id == bindparam("case_id")).order_by(Learning.id)


def head(complaint: Complaint) -> int:
    """How many events the history of a complaint has."""
    return int(db.session.scalar(select(Stream.head).where(Stream.id == complaint.stream_id)) or 0)


def events_since(stream_id: int, number: int, actions: Collection[str]) -> list[Event]:
    """The events of a history after a number that are of these actions."""
    wanted = select(Event).where(Event.stream_id == stream_id, Event.number > number, Event.action.in_(actions))
    return list(db.session.scalars(wanted.order_by(Event.number)))


def decided_before(stream_id: int, account_id: int) -> bool:
    """Whether somebody wrote or approved an outcome of a complaint before it was last looked at again."""
    of_it = (Event.stream_id == stream_id, Event.subject_kind == "complaint")
    again = select(func.max(Event.number)).where(*of_it, Event.action.in_(ROUNDS)).scalar_subquery()
    wanted = select(Event.id).where(
        *of_it, Event.account_id == account_id, Event.action.in_(("draft", "approve")), Event.number < again
    )
    return db.session.scalar(wanted.limit(1)) is not None


def allegation(case_id: int, number: int) -> Allegation | None:
    """An allegation of a complaint by its number."""
    if not 0 < number < 100_000:
        return None
    return db.session.scalars(
        select(Allegation)
        .options(selectinload(Allegation.officers))
        .where(Allegation.case_id == case_id, Allegation.number == number)
    ).one_or_none()


def alike(complaint: Complaint, scope: Scope) -> list[Complaint]:
    """Other open complaints in a scope of the same person or about the same encounter: what it may belong to."""
    mine = select(Party.person_digest, Party.email_digest).where(Party.case_id == complaint.id, Party.name != "")
    people = db.session.execute(mine).all()
    known = [each for row in people for each in row if each is not None]
    same = select(Party.case_id).where(or_(Party.person_digest.in_(known), Party.email_digest.in_(known)))
    wanted = (
        select(Complaint)
        .where(Complaint.id != complaint.id, Complaint.is_open, scope.covers())
        .where(or_(Complaint.encounter_id == complaint.encounter_id, Complaint.id.in_(same)))
    )
    return list(db.session.scalars(wanted.order_by(Complaint.id.desc()).limit(20)))


def learning_within(learning_id: int, scope: Scope) -> Learning | None:
    """A piece of learning by its id, if it may be seen."""
    if not 0 < learning_id < 2**62:
        return None
    wanted = select(Learning).outerjoin(Case, Case.id == Learning.case_id)
    return db.session.scalars(wanted.where(Learning.id == learning_id, _learned_in(scope))).one_or_none()


def learnings_within(scope: Scope, limit: int = 200) -> list[tuple[Learning, str]]:
    """What was learned in a scope, what is owed first, each with the reference of its case."""
    wanted = select(Learning, Case.reference).outerjoin(Case, Case.id == Learning.case_id).where(_learned_in(scope))
    order = (Learning.done_on.is_not(None), Learning.by_on, Learning.id)
    return [(row[0], row[1] or "") for row in db.session.execute(wanted.order_by(*order).limit(limit))]


def published(limit: int = 500) -> list[tuple[Learning, int | None, bool]]:
    """What was learned and is published, with the area of its case, and whether a review recommended it: what is owed
    first, then the newest done."""
    area_id = func.coalesce(Case.area_id, Learning.area_id)
    reviewed = select(Recommendation.id).where(Recommendation.learning_id == Learning.id).exists()
    wanted = select(Learning, area_id, reviewed).outerjoin(Case, Case.id == Learning.case_id).where(Learning.published)
    order = (Learning.done_on.is_not(None), Learning.done_on.desc(), Learning.by_on, Learning.id)
    return [(row[0], row[1], row[2]) for row in db.session.execute(wanted.order_by(*order).limit(limit))]


def triggers_within(scope: Scope, looked_at: bool = False) -> list[tuple[Trigger, Case]]:
    """What was pointed out in a scope, newest first: what nobody has looked at yet, or what somebody has."""
    wanted = select(Trigger, Case).join(Case, Case.id == Trigger.case_id).where(scope.covers())
    state = Trigger.looked_at.is_not(None) if looked_at else Trigger.looked_at.is_(None)
    rows = db.session.execute(wanted.where(state).order_by(Trigger.at.desc(), Trigger.id.desc()).limit(200))
    return [(row[0], row[1]) for row in rows]


def trigger_within(trigger_id: str, scope: Scope) -> tuple[Trigger, Case] | None:
    """One of them by its id as it was posted."""
    if not (trigger_id.isascii() and trigger_id.isdigit() and len(trigger_id) < 18):
        return None
    wanted = select(Trigger, Case).join(Case, Case.id == Trigger.case_id).where(Trigger.id == int(trigger_id))
    row = db.session.execute(wanted.where(scope.covers())).first()
    return (row[0], row[1]) if row else None


def _learned_in(scope: Scope) -> ColumnElement[bool]:
    """Where its case is now; what has no case any more is where it was learned."""
    alone = Learning.case_id.is_(None)
    here = alone if scope.force_wide else alone & Learning.area_id.in_(scope.area_ids)
    return or_(here, scope.covers())
