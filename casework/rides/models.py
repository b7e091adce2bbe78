"""Rides, the scheme in each BCU, feedback of riders, and answers that belong to nobody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.cases.models import Case, Living
from casework.extensions import Base
from casework.sealed import Sealed


class Ride(Case):
    """An application to ride along. What people say of themselves stands here; who they are stands in Party."""

    __tablename__ = "rides"
    __mapper_args__ = {"polymorphic_identity": "ride"}
    workflow_name = "ride"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    connections: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    borough_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    why: Mapped[str] = mapped_column(default="")
    interests: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    teams: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    wishes: Mapped[list[int]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    avoid: Mapped[list[int]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    days: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    shifts: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    earliest_on: Mapped[date | None]
    latest_on: Mapped[date | None]
    rode_before: Mapped[str] = mapped_column(default="")
    rode_on: Mapped[date | None]
    heard_from: Mapped[str] = mapped_column(default="")
    privacy_version: Mapped[str] = mapped_column(default="")
    consented_at: Mapped[datetime | None]
    wants: Mapped[str] = mapped_column(default="")  # what is wanted of the applicant: question, part
    ground: Mapped[str] = mapped_column(default="")
    refused_on: Mapped[date | None]
    reapply_on: Mapped[date | None]
    reconsidered: Mapped[bool] = mapped_column(default=False)
    first: Mapped[bool] = mapped_column(default=False)  # rebooked first: we cancelled on them
    ready_at: Mapped[datetime | None]  # the part before a booking was given
    id_kind: Mapped[str] = mapped_column(default="")
    armour: Mapped[str] = mapped_column(default="")


class Health(Base):
    """Health and adjustments for the ride: read by the coordinator; the host gets `adjustments` alone."""

    __tablename__ = "health"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    words_sealed: Mapped[bytes | None]
    adjustments_sealed: Mapped[bytes | None]

    words = Sealed()
    adjustments = Sealed()


class RideFeedback(Base):
    """What the rider said afterwards. Not shown to the host."""

    __tablename__ = "ride_feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    at: Mapped[datetime]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    words: Mapped[str] = mapped_column(default="")
    satisfaction: Mapped[int | None]
    dissatisfied: Mapped[bool] = mapped_column(default=False)
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[int | None]


class Scheme(Living, Base):
    """The ride-along scheme in one BCU: open, paused or closed, with the message that the public reads."""

    __tablename__ = "schemes"
    workflow_name = "scheme"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), unique=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"))
    message: Mapped[str] = mapped_column(default="")
    # Intake pauses when this many are undecided; empty means no limit. Submitted ones are kept.
    intake_cap: Mapped[int | None]
    paused_at: Mapped[datetime | None]


class SchemeNotice(Base):
    """Somebody who asked to be told when the scheme opens. Deleted once told."""

    __tablename__ = "scheme_notices"
    __table_args__ = (Index("uq_scheme_notices", "area_id", "email_digest", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    email_sealed: Mapped[bytes | None]
    email_digest: Mapped[bytes]
    at: Mapped[datetime]

    email = Sealed()


class EqualityAnswer(Base):
    """Answers to the equality questions: a random id and the month only. Nobody can say whose they are."""

    __tablename__ = "equality_answers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    month: Mapped[date]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
