"""What is owed (outbox), what was sent as it was rendered, calls to make, and the rows that time itself needs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.extensions import Base
from casework.sealed import Sealed


class Owed(Base):
    """One message or job that an event owes. Unique per cause, kind, name and part."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("stream_id", "event_number", "kind", "name", "part"),
        ForeignKeyConstraint(
            ["stream_id", "event_number"], ["events.stream_id", "events.number"], name="fk_outbox_cause"
        ),
        Index(
            "ix_outbox_waiting",
            "rank",
            "due_at",
            "id",
            postgresql_where=text("closed_at is null and channel in ('email', 'page', '')"),
        ),
        Index("ix_outbox_lease", "lease_until", postgresql_where=text("closed_at is null and lease_until is not null")),
        Index("ix_outbox_failed", "failed_at", postgresql_where=text("failed_at is not null and settled_at is null")),
        Index(
            "ix_outbox_letters", "due_at", postgresql_where=text("closed_at is null and channel in ('letter', 'call')")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"))
    event_number: Mapped[int]
    kind: Mapped[str]  # message or job
    name: Mapped[str]
    part: Mapped[str]  # party:12, account:4, draft:9 ...: whom it is for, never an address
    channel: Mapped[str]  # email, page, letter, call; empty for a job
    rank: Mapped[int] = mapped_column(default=5)  # urgent first, bulk reminders last
    recheck: Mapped[bool] = mapped_column(default=False)  # a reminder: dropped if the case has moved on
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)  # our own code broke
    sending_at: Mapped[datetime | None]
    ambiguous: Mapped[int] = mapped_column(default=0)  # died between sending and done
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # done, failed or dropped
    settled_at: Mapped[datetime | None]  # staff have dealt with the failure
    why: Mapped[str] = mapped_column(default="")
    code_generation: Mapped[int | None]  # a letter that was printed: which of the party's codes it carries
    printed_for: Mapped[date | None]  # the day that the printed letter bears: it is posted on no other
    prints: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # how often, for that day


class Sent(Base):
    """A message as it was rendered, kept for "what was I told?", encrypted, deleted on time."""

    __tablename__ = "sent"

    id: Mapped[int] = mapped_column(primary_key=True)
    owed_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), unique=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"), index=True)
    at: Mapped[datetime]
    name: Mapped[str]
    part: Mapped[str]
    channel: Mapped[str]
    message_id: Mapped[str]
    subject_sealed: Mapped[bytes | None]
    body_sealed: Mapped[bytes | None]
    delete_on: Mapped[date]
    subject = Sealed()
    body = Sealed()


class Call(Base):
    """One try at telephoning somebody who is owed a call."""

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    owed_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int]
    result: Mapped[str]  # reached, voicemail, no_answer


class FormatTask(Base):
    """A message that somebody asked to have in another format: made and told by a person."""

    __tablename__ = "format_tasks"
    __table_args__ = (
        UniqueConstraint("owed_id", "format"),
        Index("ix_format_tasks_open", "due_on", "id", postgresql_where=text("done_on is null")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owed_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"), index=True)
    format: Mapped[str]
    at: Mapped[datetime]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    how: Mapped[str] = mapped_column(default="")


class Lease(Base):
    """Who does a thing of which there may be one: the leading ticker, the pause while a relay is down."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


class Tick(Base):
    """Something periodic that was begun: unique per name and due moment, so that it runs once wherever it runs."""

    __tablename__ = "ticks"
    __table_args__ = (UniqueConstraint("name", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Beat(Base):
    """What the ticker last saw of Redis, SMTP and the workers, for the health page."""

    __tablename__ = "beats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    ok: Mapped[bool]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))


class Installation(Base):
    """Whether this database is a demonstration or real: said once, for ever."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    marked_at: Mapped[datetime]
