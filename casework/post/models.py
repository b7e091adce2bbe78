"""Batches, items, scans and pages, and what was keyed from them. A case is opened by the features' own verbs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.cases.models import Living
from casework.extensions import Base
from casework.sealed import Sealed


class Batch(Living, Base):
    """One tray of one day: how many envelopes there were, and what became of each. The database checks the sum."""

    __tablename__ = "post_batches"
    __table_args__ = (
        CheckConstraint("envelopes >= 0", name="envelopes"),
        Index("ix_post_batches_state", "state", "arrived_on", "id"),
    )
    workflow_name = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"), unique=True)
    number: Mapped[str] = mapped_column(unique=True)  # as on the separator sheets: 20261128-03
    tray: Mapped[str]
    arrived_on: Mapped[date]  # the day on which everything in it was received
    envelopes: Mapped[int]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))  # of the post room; none: the whole force
    opened_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    alarmed_on: Mapped[date | None]  # when supervisors were last told that it lies too long


class Item(Living, Base):
    """What was in one envelope, or a further matter found in the same one (`parent_id`), which is no envelope more."""

    __tablename__ = "post_items"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        Index(
            "ix_post_items_queue",
            "state",
            "due_on",
            "id",
            postgresql_where=text("state not in ('forwarded', 'returned', 'destroyed', 'struck')"),
        ),
        Index("ix_post_items_case", "case_id", "id"),
        Index("ix_post_items_parent", "parent_id", postgresql_where=text("parent_id is not null")),
        Index("ix_post_items_clock", "clock_on", postgresql_where=text("clock_on is not null")),
        Index("ix_post_items_paper", "paper_due_on", "id", postgresql_where=text("state = 'filed'")),
        Index("ix_post_items_owed", "owed_id", postgresql_where=text("owed_id is not null")),
        Index("ix_post_items_exception", "exception", "id", postgresql_where=text("exception <> ''")),
    )
    workflow_name = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("post_batches.id"))
    number: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post_items.id"))
    kind: Mapped[str] = mapped_column(default="")  # ride, feedback, complaint, answer, other
    form: Mapped[str] = mapped_column(default="")  # which of our forms, with its version: feedback/1
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    attached: Mapped[bool] = mapped_column(default=False)  # belongs to a case that was there before
    owed_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))  # the letter of ours that it answers
    exception: Mapped[str] = mapped_column(default="")
    sender_sealed: Mapped[bytes | None]  # name, address and wishes as indexed, JSON
    conflicts_sealed: Mapped[bytes | None]  # what the paper says where staff had written something else, JSON
    # One person at a time works on it: who, until when, and the token without which nothing is written.
    lease_account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str] = mapped_column(default="")
    # Every stage keeps its own time.
    opened_at: Mapped[datetime]
    scanned_at: Mapped[datetime | None]
    indexed_at: Mapped[datetime | None]
    keyed_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    routed_at: Mapped[datetime | None]
    paper_due_on: Mapped[date | None]  # the day after which the paper may be destroyed

    sender = Sealed()
    conflicts = Sealed()
    batch: Mapped[Batch] = relationship(lazy="select")


class Scan(Base):
    """A file from the scanner. The same content in the same batch is one scan; its pages are made one by one."""

    __tablename__ = "post_scans"
    __table_args__ = (
        UniqueConstraint("batch_id", "digest"),
        Index("ix_post_scans_work", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("post_batches.id"))
    name: Mapped[str]  # of the file, cleaned
    digest: Mapped[bytes]
    stored: Mapped[str] = mapped_column(default="", index=True)  # name in the file store; empty: gone
    pages: Mapped[int] = mapped_column(default=0)
    done_pages: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="waiting")  # waiting, done, refused
    why: Mapped[str] = mapped_column(default="")  # why it was refused, as a sentence
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class Page(Base):
    """One page as a picture. It belongs to a batch, and to an item once it is known to which."""

    __tablename__ = "post_pages"
    __table_args__ = (
        UniqueConstraint("scan_id", "number"),
        Index("ix_post_pages_item", "item_id", "place", "id"),
        Index("ix_post_pages_batch", "batch_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("post_scans.id"))
    number: Mapped[int]
    batch_id: Mapped[int] = mapped_column(ForeignKey("post_batches.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("post_items.id"))
    place: Mapped[int] = mapped_column(default=0)  # its order in the item
    stored: Mapped[str] = mapped_column(default="", index=True)  # name in the file store; empty: gone
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    turned: Mapped[int] = mapped_column(default=0)  # by how many degrees it was turned upright
    blank: Mapped[bool] = mapped_column(default=False)  # proposed for removal
    removed_at: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(default="")  # what a code of ours on it says


class Keying(Base):
    """One keying of an item by one clerk: the first, the blind second, or the settling of what differed.

    An account keys an item in one round only. A round may pass on to somebody else, and is ended once.
    """

    __tablename__ = "post_keyings"
    __table_args__ = (
        UniqueConstraint("item_id", "account_id"),
        Index("uq_post_keyings_done", "item_id", "round", unique=True, postgresql_where=text("done_at is not null")),
        Index("ix_post_keyings_done", "done_at", "id", postgresql_where=text("done_at is not null")),
        Index("ix_post_keyings_account", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("post_items.id"))
    round: Mapped[int]  # 1 first, 2 second and blind, 3 settling
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class KeyedField(Base):
    """What one clerk keyed for one field, or that it cannot be read or is not there."""

    __tablename__ = "post_keyed_fields"
    __table_args__ = (UniqueConstraint("keying_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    keying_id: Mapped[int] = mapped_column(ForeignKey("post_keyings.id", ondelete="CASCADE"))
    name: Mapped[str]
    value_sealed: Mapped[bytes | None]
    mark: Mapped[str] = mapped_column(default="")  # unreadable, missing
    summarised: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    # Of the first round, once it is done: how likely it was to be keyed again, and whether it is.
    share: Mapped[float | None]
    again: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    value = Sealed()


class FieldCheck(Base):
    """Whether what a clerk keyed for a field was right, once somebody else looked: error rates are counted from it."""

    __tablename__ = "post_field_checks"
    __table_args__ = (
        UniqueConstraint("item_id", "name", "account_id"),
        Index("ix_post_field_checks_account", "account_id", "at", "id"),
        Index("ix_post_field_checks_name", "name", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("post_items.id"))
    name: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    right: Mapped[bool]
    share: Mapped[float | None]  # how likely this check was, where it was drawn
    at: Mapped[datetime]


class FieldSum(Base):
    """What a clerk keyed of a field in a month, and what was found when others looked: sums for samples and figures.

    `weight` and what follows are of drawn fields alone: each stands for so many that nobody checked.
    """

    __tablename__ = "post_field_sums"
    __table_args__ = (Index("ix_post_field_sums_month", "month"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    keyed: Mapped[int] = mapped_column(default=0, server_default="0")
    unchecked: Mapped[int] = mapped_column(default=0, server_default="0")
    checked: Mapped[int] = mapped_column(default=0, server_default="0")
    wrong: Mapped[int] = mapped_column(default=0, server_default="0")
    weight: Mapped[float] = mapped_column(default=0, server_default="0")
    weight_wrong: Mapped[float] = mapped_column(default=0, server_default="0")
    weight_squares: Mapped[float] = mapped_column(default=0, server_default="0")
