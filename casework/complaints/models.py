"""Complaints, allegations, who they are about, the referral checklist, and what was learned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.cases.models import Case, Living
from casework.extensions import Base
from casework.feedback.models import Encounter


class Complaint(Case):
    """A complaint. `received_on` is the day of its first words, also where they came as feedback."""

    __tablename__ = "complaints"
    workflow_name = "complaint"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "complaint", "inherit_condition": id == Case.id}
    encounter_id: Mapped[int] = mapped_column(ForeignKey("encounters.id"), index=True)
    came_from_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    anonymous: Mapped[bool] = mapped_column(default=False)
    route: Mapped[str] = mapped_column(default="")  # the state in which it is worked on: outside, handling ...
    logged_on: Mapped[date | None]
    contacted_on: Mapped[date | None]
    recorded_on: Mapped[date | None]
    recorded_reason: Mapped[str] = mapped_column(default="")
    asked_to_record: Mapped[bool] = mapped_column(default=False)
    # The referral: since when the criteria are met (a yes in the checklist), and what became of it.
    criteria_met_at: Mapped[datetime | None]
    referred_at: Mapped[datetime | None]
    referral_answered_at: Mapped[datetime | None]
    prejudicial: Mapped[bool] = mapped_column(default=False)
    special_procedures: Mapped[bool] = mapped_column(default=False)
    # The outcome, who reviews it and until when.
    outcome: Mapped[str] = mapped_column(default="")
    approved_on: Mapped[date | None]
    review_body: Mapped[str] = mapped_column(default="")  # iopc, local, none
    review_answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    told_on: Mapped[date | None]  # the day on which the outcome was sent or posted
    review_by: Mapped[date | None]  # the last safe day, as printed
    review_open_until: Mapped[date | None]  # the last day on which we take an application
    misdirected_days: Mapped[int] = mapped_column(default=0)
    finalised_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    merged_from: Mapped[str] = mapped_column(default="")  # the state before a merge

    encounter: Mapped[Encounter] = relationship(lazy="select")
    allegations: Mapped[list[Allegation]] = relationship(order_by="Allegation.number", viewonly=True)


class Allegation(Living, Base):
    """One thing that is alleged. Each has one category, its own officers, and its own result."""

    __tablename__ = "allegations"
    __table_args__ = (Index("uq_allegations_number", "case_id", "number", unique=True),)
    workflow_name = "allegation"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    number: Mapped[int]
    words: Mapped[str]
    category: Mapped[str] = mapped_column(default="", index=True)
    result: Mapped[str] = mapped_column(default="")
    result_words: Mapped[str] = mapped_column(default="")
    resulted_on: Mapped[date | None]
    actions: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    factors: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))

    officers: Mapped[list[Subject]] = relationship(order_by="Subject.id", viewonly=True)


class Subject(Base):
    """Somebody whom an allegation is about: known by account, by name or number, or not identified yet.

    The database refuses a complaint to be given to one of its subjects, and a handler to become one.
    """

    __tablename__ = "subjects"
    __table_args__ = (Index("ix_subjects_case", "case_id"), Index("ix_subjects_team", text("lower(btrim(team))")))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    allegation_id: Mapped[int] = mapped_column(ForeignKey("allegations.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    rank: Mapped[str] = mapped_column(default="")
    team: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")  # where nobody is identified
    told_on: Mapped[date | None]


class ReferralCheck(Base):
    """The mandatory referral checklist as somebody answered it: on what is alleged, never on whether it is believed."""

    __tablename__ = "referral_checks"
    __table_args__ = (Index("ix_referral_checks_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    allegation_id: Mapped[int | None] = mapped_column(ForeignKey("allegations.id"))
    stage: Mapped[str]  # log, record, allegation
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    met: Mapped[bool]
    # The highest allegation that it covered: a later one asks the questions anew.
    covers: Mapped[int] = mapped_column(default=0)


class ContactTry(Base):
    """A try at reaching somebody about their complaint: when, how, what came of it, in the handler's words."""

    __tablename__ = "contact_tries"
    __table_args__ = (Index("ix_contact_tries_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]  # when it was, not when it was written down
    account_id: Mapped[int]
    how: Mapped[str]  # phone, visit, email, letter
    result: Mapped[str]  # spoke, no-answer, message, wrong
    words: Mapped[str] = mapped_column(default="")


class Learning(Base):
    """What was learned from a case, who does what by when, and whether it was done. Published without persons."""

    __tablename__ = "learnings"
    __table_args__ = (Index("ix_learnings_published", "published", "by_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    what: Mapped[str]
    change: Mapped[str]  # what is done about it
    who: Mapped[str]  # which unit, never a person
    by_on: Mapped[date]
    done_on: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(default="")
    published: Mapped[bool] = mapped_column(default=False)


class Recommendation(Base):
    """Something that a review recommended, whether it was accepted and why; what follows from it is `Learning`."""

    __tablename__ = "recommendations"
    __table_args__ = (Index("ix_recommendations_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    kind: Mapped[str]  # a code of the terms: apology, remedy ...
    words: Mapped[str]
    accepted: Mapped[bool]
    why: Mapped[str]
    # Who does what by when, where it was accepted.
    learning_id: Mapped[int | None] = mapped_column(ForeignKey("learnings.id"), index=True)

    learning: Mapped[Learning | None] = relationship(viewonly=True)


class Delegation(Base):
    """A power of the chief officer that was given to somebody in writing, from a day to a day (domain 2.2).

    Kept for good: it says by what right decisions were taken. Ending one sets its last day.
    """

    __tablename__ = "delegations"
    __table_args__ = (Index("ix_delegations_account", "account_id", "power"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    power: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    given_by: Mapped[str]  # who delegated it, as the paper says
    paper: Mapped[str] = mapped_column(default="")  # where the paper is
    at: Mapped[datetime]
    noted_by: Mapped[int | None]


class Term(Base):
    """A code of complaint recording as the force has it: overrides or adds to what `terms.py` declares."""

    __tablename__ = "complaint_terms"

    kind: Mapped[str] = mapped_column(primary_key=True)  # category, factor, result, action, recommendation
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None]


class Trigger(Base):
    """A case that a community trigger brought to the attention of those who look at patterns (domain 2.8)."""

    __tablename__ = "triggers"
    __table_args__ = (Index("uq_triggers", "case_id", "why", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    at: Mapped[datetime]
    why: Mapped[str]  # b1, community, three-searches
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="")
