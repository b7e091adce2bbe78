"""The case that every kind of thing builds on, and the mixin of everything that has a life."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from casework.extensions import Base
from casework.parties.models import Party
from casework.sealed import Sealed


class Living:
    """What everything with a table of transitions has. `state` is assigned by `cases.service.perform` alone.

    `due_on` is by when the one it waits for should act; `clock_on` the last day before only time acts.
    """

    workflow_name: str

    state: Mapped[str]
    state_since: Mapped[datetime]
    due_on: Mapped[date | None]
    clock_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Case(Base):
    """A case: its reference, its area, whom it waits for and by when. One row of a feature's table continues it."""

    __tablename__ = "cases"
    # What the queue can be filtered by is included, so that its pages are found in an index alone.
    __table_args__ = (
        Index(
            "ix_cases_queue",
            "area_id",
            "kind",
            "next_due_on",
            "id",
            postgresql_where=text("is_open"),
            postgresql_include=["state", "assigned_to", "waits_for"],
        ),
        Index(
            "ix_cases_all",
            "kind",
            "next_due_on",
            "id",
            postgresql_where=text("is_open"),
            postgresql_include=["state", "assigned_to", "waits_for", "area_id"],
        ),
        Index(
            "ix_cases_mine",
            "assigned_to",
            "next_due_on",
            "id",
            postgresql_where=text("is_open"),
            postgresql_include=["state", "kind", "area_id"],
        ),
        Index(
            "ix_cases_state",
            "area_id",
            "kind",
            "state",
            "next_due_on",
            "id",
            postgresql_where=text("is_open"),
            postgresql_include=["assigned_to", "waits_for"],
        ),
        # The newest of an area, open or not: a search looks through them.
        Index("ix_cases_newest", "area_id", "kind", "id"),
        Index("ix_cases_clock", "clock_on", postgresql_where=text("is_open and clock_on is not null")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reference: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    state_since: Mapped[datetime]
    due_on: Mapped[date | None]
    clock_on: Mapped[date | None]
    next_due_on: Mapped[date]
    waits_for: Mapped[str] = mapped_column(default="")
    is_open: Mapped[bool] = mapped_column(default=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    channel: Mapped[str] = mapped_column(default="online")
    received_on: Mapped[date]
    opened_at: Mapped[datetime]
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"), unique=True)
    hold: Mapped[str] = mapped_column(default="")  # why nothing of it may be deleted; empty: no hold
    version: Mapped[int] = mapped_column()

    parties: Mapped[list[Party]] = relationship(order_by=Party.id, viewonly=True)

    __mapper_args__ = {"polymorphic_on": "kind", "version_id_col": version}
    workflow_name = ""

    @property
    def applicant(self) -> Party | None:
        """The person whom the case is about, if there is one."""
        return next((p for p in self.parties if p.part in {"applicant", "complainant"}), None)


class CaseArea(Base):
    """A further area whose staff may see a case: an approved rider's other wishes."""

    __tablename__ = "case_areas"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), primary_key=True, index=True)


class DueDuty(Base):
    """What a case's duties came to when something last happened: a projection, computed again by `casework verify`."""

    __tablename__ = "due_duties"
    __table_args__ = (
        Index("ix_due_duties_case", "case_id", "id"),
        Index("ix_due_duties_open", "due_on", "id", postgresql_where=text("met_on is null and ended_on is null")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    name: Mapped[str]
    number: Mapped[int]
    started_on: Mapped[date]
    due_on: Mapped[date | None]
    met_on: Mapped[date | None]
    ended_on: Mapped[date | None]


class CaseLink(Base):
    """Two cases that belong together: linked, split, merged, or one that became the other."""

    __tablename__ = "case_links"
    __table_args__ = (UniqueConstraint("case_id", "other_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]


class CaseTag(Base):
    """A word by which staff find cases again."""

    __tablename__ = "case_tags"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)


class Draft(Base):
    """Answers typed so far, sealed, without a reference. One row becomes at most one case."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_expires", "expires_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"))
    link_digest: Mapped[bytes | None] = mapped_column(unique=True)
    email_sealed: Mapped[bytes | None]
    answers_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    expires_on: Mapped[date]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    sent_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    email = Sealed()
    answers = Sealed()

    __mapper_args__ = {"version_id_col": version}


class Note(Base):
    """A note of staff on a case: never sent, never shown to the public."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_words", text("to_tsvector('english', words)"), postgresql_using="gin"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int]
    words: Mapped[str]


class Question(Base):
    """A question put to somebody in a case, and the answer."""

    __tablename__ = "questions"
    __table_args__ = (
        Index(
            "uq_questions_open",
            "case_id",
            "room",
            unique=True,
            postgresql_where=text("answered_at is null and closed_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    room: Mapped[str] = mapped_column(default="")  # "vetting": sealed from the rest
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None]
    words_sealed: Mapped[bytes | None]
    answer_sealed: Mapped[bytes | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    words = Sealed()
    answer = Sealed()


class Search(Base):
    """What somebody looked for. The address of the results holds `key`, never the words."""

    __tablename__ = "searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int]
    at: Mapped[datetime]
    words_sealed: Mapped[bytes | None]

    words = Sealed()
