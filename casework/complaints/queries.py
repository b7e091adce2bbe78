"""Reads complaints: allegations, who they are about, checklists, tries at contact. Reads only."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from casework.complaints.models import Allegation, Complaint, ContactTry, Learning, ReferralCheck, Subject
from casework.extensions import db


def by_id(case_id: int) -> Complaint | None:
    """The complaint of an id."""
    return db.session.get(Complaint, case_id)


def allegations(case_id: int) -> list[Allegation]:
    """The allegations of a complaint with who they are about, by number."""
    return list(
        db.session.scalars(
            select(Allegation)
            .options(selectinload(Allegation.officers))
            .where(Allegation.case_id == case_id)
            .order_by(Allegation.number)
            .execution_options(populate_existing=True)
        )
    )


def last_number(case_id: int) -> int:
    """The number of the newest allegation; 0 where there is none."""
    return int(db.session.scalar(select(func.max(Allegation.number)).where(Allegation.case_id == case_id)) or 0)


def subjects(case_id: int) -> list[Subject]:
    """Everybody whom a complaint is about."""
    return list(db.session.scalars(select(Subject).where(Subject.case_id == case_id).order_by(Subject.id)))


def checks(case_id: int) -> list[ReferralCheck]:
    """The checklists that were answered, newest first."""
    return list(
        db.session.scalars(
            select(ReferralCheck).where(ReferralCheck.case_id == case_id).order_by(ReferralCheck.id.desc())
        )
    )


def tries(case_id: int) -> list[ContactTry]:
    """The tries at reaching the person, in the order in which they were made."""
    return list(
        db.session.scalars(
            select(ContactTry).where(ContactTry.case_id == case_id).order_by(ContactTry.at, ContactTry.id)
        )
    )


def learnings(case_id: int) -> list[Learning]:
    """What was learned from a case."""
    return list(db.session.scalars(select(Learning).where(Learning.case_id == case_id).order_by(Learning.id)))
