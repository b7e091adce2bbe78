"""Print runs and the letters in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.cases.models import Living
from casework.extensions import Base
from casework.sealed import Sealed


class Run(Living, Base):
    """Letters that are printed, counted and posted together, all bearing one day."""

    __tablename__ = "letter_runs"
    __table_args__ = (
        Index("ix_letter_runs_live", "id", postgresql_where=text("state not in ('posted', 'abandoned')")),
        Index("ix_letter_runs_stored", "stored", postgresql_where=text("stored <> ''")),
    )
    workflow_name = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"), unique=True)
    day: Mapped[date]  # that the letters bear, and on which alone they are posted
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    stored: Mapped[str] = mapped_column(default="")  # the PDF's name in the file store; empty: not yet, or gone
    prints: Mapped[int] = mapped_column(default=0)  # how often it was printed for this day
    counted: Mapped[int | None]  # envelopes, as a clerk counted them last
    post_class: Mapped[str] = mapped_column(default="")


class RunLetter(Base):
    """One letter in a run. It is in one live run at a time: decided by the database."""

    __tablename__ = "run_letters"
    __table_args__ = (
        UniqueConstraint("run_id", "owed_id"),
        Index("uq_run_letters_live", "owed_id", unique=True, postgresql_where=text("live")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("letter_runs.id"))
    owed_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), index=True)
    place: Mapped[int]
    pages: Mapped[int] = mapped_column(default=0)
    live: Mapped[bool] = mapped_column(default=True)
    why: Mapped[str] = mapped_column(default="")  # why it was taken out
    # What it says as it was printed, until it is posted and kept as sent.
    subject_sealed: Mapped[bytes | None]
    body_sealed: Mapped[bytes | None]

    subject = Sealed()
    body = Sealed()
