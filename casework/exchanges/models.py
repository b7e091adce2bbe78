"""What is written in a case by both sides, files, replies not sent yet, and who has a case open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Computed, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from casework.extensions import Base


class Exchange(Base):
    """Something written in a case: by staff to its people, or by one of them to us. Both see it."""

    __tablename__ = "exchanges"
    __table_args__ = (
        Index("ix_exchanges_case", "case_id", "id"),
        Index("ix_exchanges_words", "searched", postgresql_using="gin"),
        Index("ix_exchanges_unread", "case_id", postgresql_where=text("account_id is null and seen_at is null")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    account_id: Mapped[int | None]  # of us
    party_id: Mapped[int | None]  # or of the case's people
    words: Mapped[str]
    asks: Mapped[bool] = mapped_column(default=False)  # an answer is wanted
    canned: Mapped[str] = mapped_column(default="")  # from which text it was made
    seen_at: Mapped[datetime | None]  # when staff read what one of the people wrote
    seen_by: Mapped[int | None]
    event_number: Mapped[int | None]
    searched: Mapped[str] = mapped_column(TSVECTOR, Computed("to_tsvector('english', words)", persisted=True))


class Attachment(Base):
    """A file that somebody added. Its content lies outside the database under a random name, sealed."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_case", "case_id", "id"),
        Index("ix_attachments_draft", "draft_id"),
        Index("ix_attachments_waiting", "id", postgresql_where=text("verdict = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    # Kept without it when the draft goes, so that the night finds it.
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("drafts.id", ondelete="SET NULL"))
    exchange_id: Mapped[int | None] = mapped_column(ForeignKey("exchanges.id"))
    at: Mapped[datetime]
    party_id: Mapped[int | None]
    account_id: Mapped[int | None]
    name: Mapped[str]  # as the person called it, cleaned; only ever shown and offered for saving
    kind: Mapped[str]  # what its content is: image/jpeg, application/pdf ...
    size: Mapped[int]
    digest: Mapped[bytes]
    stored: Mapped[str] = mapped_column(unique=True)  # a random name in the store
    verdict: Mapped[str] = mapped_column(default="clean")  # waiting (for the scanner), clean, refused
    removed_at: Mapped[datetime | None]


class Unsent(Base):
    """A reply that somebody has begun and not sent: colleagues see it, nobody's words are lost."""

    __tablename__ = "unsent"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    at: Mapped[datetime]
    words: Mapped[str]


class Presence(Base):
    """Who has a case open just now."""

    __tablename__ = "presences"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class CannedText(Base):
    """A text for replies, with places for facts of the case: edited by supervisors, previewed before sending."""

    __tablename__ = "canned_texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    words: Mapped[str]
    sorts: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
