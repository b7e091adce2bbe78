"""Releases, their files, the values that their rows hold, and the cube: the sums that pages read.

A release is a version of one month of one force. Nothing here is about a person: police.uk rows are open data, and a
table made from our own cases is kept only as it may be shown.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.cases.models import Living
from casework.extensions import Base
from casework.sealed import Sealed


class Release(Living, Base):
    """One version of what is published for a month. The newest that was released is the current one."""

    __tablename__ = "releases"
    workflow_name = "release"
    __table_args__ = (
        UniqueConstraint("kind", "force", "month", "number"),
        # The same content is imported once; again only where it was refused or the boundaries are new.
        Index(
            "uq_releases_content",
            "digest",
            text("coalesce(boundaries_id, 0)"),
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
        Index("uq_releases_current", "kind", "force", "month", unique=True, postgresql_where=text("is_current")),
        Index("ix_releases_scheduled_for", "scheduled_for", postgresql_where=text("state = 'scheduled'")),
        Index("ix_releases_list", "kind", "month", "number"),
        Index("ix_releases_released_at", "released_at", postgresql_where=text("released_at is not null")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="stops")  # what it is a table of
    force: Mapped[str] = mapped_column(default="")  # as in the name of a police.uk file; empty: this force
    month: Mapped[date]  # its first day
    number: Mapped[int]  # the version of that month, from 1
    made_up: Mapped[bool] = mapped_column(default=False)  # of a demonstration: said on every page that shows it
    is_current: Mapped[bool] = mapped_column(default=False)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"))
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    uploaded_at: Mapped[datetime]
    scheduled_for: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    file_name: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(default=0)
    digest: Mapped[bytes | None]  # SHA-256 of the file as it came
    rows_digest: Mapped[bytes | None]  # of its rows, whatever line ends and order of columns it came in
    figures_digest: Mapped[bytes | None]  # of the cube: same input, same bytes
    boundaries_id: Mapped[int | None] = mapped_column(ForeignKey("boundaries.id"))
    rows: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(SmallInteger, default=0)  # of reading it, in hundredths
    clean: Mapped[bool] = mapped_column(default=False)  # nothing in it that a second person has to see
    report: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    why: Mapped[str] = mapped_column(default="")  # what readers are told: of a correction, a refusal, a withdrawal


class ReleaseFile(Base):
    """The file of a release as it came, compressed. Kept as long as the release."""

    __tablename__ = "release_files"

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(deferred=True)


class Value(Base):
    """One value of one dimension, in the wording that is shown. The cube names values by their ids."""

    __tablename__ = "release_values"
    __table_args__ = (UniqueConstraint("dimension", "wording"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dimension: Mapped[str]
    wording: Mapped[str]
    known: Mapped[bool] = mapped_column(default=False)  # of the table of wordings, or released before


class Cube(Base):
    """The sums of one release for one month, area, group and kind of power: a page is a few of these rows.

    `area_id` 0 is the whole force, "elsewhere" included; `group_id` 0 is everybody, else the value that was chosen.
    `cells` holds the same six sums for every value of every dimension: see `releases.cube`.
    """

    __tablename__ = "release_cube"

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), primary_key=True, index=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    section60: Mapped[bool] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
    decided: Mapped[int] = mapped_column(Integer)  # an outcome was supplied
    positive: Mapped[int] = mapped_column(Integer)  # any outcome other than no further action
    arrests: Mapped[int] = mapped_column(Integer)
    told: Mapped[int] = mapped_column(Integer)  # whether the outcome was linked to the object was supplied
    linked: Mapped[int] = mapped_column(Integer)  # it was
    cells: Mapped[bytes]


class OwnTables(Base):
    """What a release of a kind of our own publishes: its file, as it is and stays; and, sealed, what was counted for
    months whose year still grows, for the totals to come. Kept as long as the release."""

    __tablename__ = "release_tables"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), unique=True)
    content: Mapped[bytes]
    counts_sealed: Mapped[bytes | None]
    counts = Sealed()


class Pack(Base):
    """The figures of a month for one borough as a PDF, for its monitoring group. Kept as long as the release."""

    __tablename__ = "release_packs"
    __table_args__ = (UniqueConstraint("release_id", "area_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    stored: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    digest: Mapped[bytes]
    made_at: Mapped[datetime]
