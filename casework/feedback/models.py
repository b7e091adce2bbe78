"""Feedback, and the encounter that feedback and complaints are about."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.cases.models import Case
from casework.extensions import Base


class Encounter(Base):
    """What somebody says of an encounter with the police. A complaint goes on with the encounter of its feedback."""

    __tablename__ = "encounters"
    __table_args__ = (
        Index("ix_encounters_words", "words", postgresql_using="gin"),
        # What else is said of a day, and of a place on it.
        Index("ix_encounters_day", "happened_on", "borough_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    happened_on: Mapped[date | None]
    happened_at: Mapped[str] = mapped_column(default="")  # as people say it: "about nine in the evening"
    place: Mapped[str] = mapped_column(default="")
    borough_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    searched: Mapped[bool | None]
    arrested: Mapped[bool | None]
    receipt: Mapped[str] = mapped_column(default="", index=True)  # of the search receipt or record
    officers: Mapped[str] = mapped_column(default="")
    vehicle: Mapped[str] = mapped_column(default="")
    what: Mapped[str] = mapped_column(default="")
    effect: Mapped[str] = mapped_column(default="")
    wish: Mapped[str] = mapped_column(default="")
    witnesses: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    relation: Mapped[str] = mapped_column(default="")
    authority: Mapped[str] = mapped_column(default="")  # by what right somebody acts for another
    community: Mapped[bool] = mapped_column(default=False)  # about how a community is policed
    panel: Mapped[str] = mapped_column(default="")  # review by a panel of citizens: "yes", "no" or not said
    words: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "to_tsvector('english', what || ' ' || effect || ' ' || wish || ' ' || place || ' ' || officers || ' '"
            " || vehicle || ' ' || receipt || ' ' || witnesses || ' ' || evidence)",
            persisted=True,
        ),
    )


class Feedback(Case):
    """Feedback on an encounter. `sort` is what staff say it is, `intent` what the person chose at first."""

    __tablename__ = "feedback"
    workflow_name = "feedback"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "feedback", "inherit_condition": id == Case.id}
    encounter_id: Mapped[int] = mapped_column(ForeignKey("encounters.id"), index=True)
    sort: Mapped[str] = mapped_column(default="")
    intent: Mapped[str] = mapped_column(default="")
    anonymous: Mapped[bool] = mapped_column(default=False)
    # Whether it meets the definition of a complaint, where staff have said so; else it follows from sort and relation.
    meets: Mapped[bool | None]
    offered_on: Mapped[date | None]
    complaint_answer: Mapped[str] = mapped_column(default="")  # to the offer: yes, no, none
    redirected_to: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    became_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)

    encounter: Mapped[Encounter] = relationship(lazy="select")


class Preservation(Base):
    """Footage and other evidence to be kept before it is overwritten: owed for a case from the day of receipt."""

    __tablename__ = "preservations"
    __table_args__ = (Index("ix_preservations_open", "last_on", postgresql_where="result = ''"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    last_on: Mapped[date]  # the likely last day of the footage
    asked_at: Mapped[datetime | None]
    asked_by: Mapped[int | None]
    result: Mapped[str] = mapped_column(default="")  # saved, none, gone
    result_at: Mapped[datetime | None]
    alarmed_on: Mapped[date | None]
