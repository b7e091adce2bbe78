"""Streams, events, the erasable notes beside them, and the access log.

Events are only ever inserted; the database refuses everything else (see the first migration). Personal text stands in
`event_notes`, which can be erased: the chain holds a salted digest of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.extensions import Base


class Stream(Base):
    """A history of its own: of a case, an account, a scheme, a slot, a draft or the settings."""

    __tablename__ = "streams"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    head: Mapped[int] = mapped_column(default=0)
    head_mac: Mapped[bytes] = mapped_column(default=b"")


class Event(Base):
    """One thing that happened: who, when, what, from where to where, chained to the one before."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("stream_id", "number"),
        Index("ix_events_at", "at"),
        Index("ix_events_subject", "subject_kind", "subject_id"),
        # What the public figures are counted from: one event in nine, read from the index alone.
        Index(
            "ix_events_published",
            "subject_kind",
            "action",
            "subject_id",
            "at",
            postgresql_where=text("action in ('apply', 'approve', 'refuse', 'complete', 'end_early')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    role: Mapped[str]
    account_id: Mapped[int | None]
    party_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    note_digest: Mapped[bytes | None]
    mac: Mapped[bytes]

    note: Mapped[EventNote | None] = relationship(lazy="raise", uselist=False, viewonly=True)

    @property
    def qualified(self) -> str:
        """The action with the kind of thing that it was taken on: "ride.approve"."""
        return f"{self.subject_kind}.{self.action}"


class EventNote(Base):
    """The words that came with an event. Erasable: the event keeps only their salted digest."""

    __tablename__ = "event_notes"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    salt: Mapped[bytes]
    text: Mapped[str]


class Access(Base):
    """Somebody read something: a case, a search, a list, an export."""

    __tablename__ = "access_log"
    __table_args__ = (
        Index("ix_access_log_account", "account_id", "id"),
        Index("ix_access_log_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    role: Mapped[str]
    what: Mapped[str]
    case_id: Mapped[int | None]
    task: Mapped[str] = mapped_column(default="")
