"""Slots, bookings, the log of the ride, and the people to call in an emergency."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.cases.models import Living
from casework.extensions import Base
from casework.sealed import Sealed

_LIVE = "state in ('published', 'held', 'booked', 'running', 'finished')"
_TAKEN = "state in ('accepted', 'started', 'completed', 'ended_early')"


class Slot(Living, Base):
    """One place on one shift. A shift is a London date with two times; `during` is the same as moments."""

    __tablename__ = "slots"
    __table_args__ = (
        # A host, and a vehicle, are in one place at a time: decided by the database.
        ExcludeConstraint(("host_id", "="), ("during", "&&"), using="gist", where=text(_LIVE), name="ex_slots_host"),
        ExcludeConstraint(
            ("vehicle", "="),
            ("during", "&&"),
            using="gist",
            where=text(_LIVE + " and vehicle <> ''"),
            name="ex_slots_vehicle",
        ),
        Index("ix_slots_area", "area_id", "on", "id"),
        Index("ix_slots_host", "host_id", "on"),
    )
    workflow_name = "slot"

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    team: Mapped[str]
    vehicle: Mapped[str] = mapped_column(default="")
    on: Mapped[date]
    starts: Mapped[time]
    ends: Mapped[time]
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    place: Mapped[str]
    host_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    minimum_age: Mapped[int] = mapped_column(default=18)
    conditions: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")

    @property
    def begins_at(self) -> datetime:
        """The moment at which the shift begins."""
        assert self.during.lower is not None
        return self.during.lower

    @property
    def ends_at(self) -> datetime:
        """The moment at which the shift ends."""
        assert self.during.upper is not None
        return self.during.upper


class Booking(Living, Base):
    """One person and one place, from offer to end. Never two people in one place: by a unique index."""

    __tablename__ = "bookings"
    __table_args__ = (
        Index("uq_bookings_place", "slot_id", unique=True, postgresql_where=text(_TAKEN)),
        Index("uq_bookings_person", "case_id", unique=True, postgresql_where=text("state in ('accepted', 'started')")),
        Index("uq_bookings_offer", "slot_id", "case_id", unique=True, postgresql_where=text("state = 'offered'")),
        Index("ix_bookings_clock", "clock_on", postgresql_where=text("clock_on is not null")),
        Index("ix_bookings_case", "case_id", "id"),
    )
    workflow_name = "booking"

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"))
    offered_at: Mapped[datetime]
    day_list: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))

    slot: Mapped[Slot] = relationship()
    log: Mapped[RideLog | None] = relationship(back_populates="booking", uselist=False)


class RideLog(Base):
    """What the host wrote about the ride."""

    __tablename__ = "ride_logs"
    __table_args__ = (CheckConstraint("searches >= 0", name="searches"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), unique=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    crew: Mapped[str] = mapped_column(default="")
    searches: Mapped[int] = mapped_column(default=0)
    search_times: Mapped[str] = mapped_column(default="")
    incident: Mapped[bool] = mapped_column(default=False)
    incident_words: Mapped[str] = mapped_column(default="")
    ended_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    remarks: Mapped[str] = mapped_column(default="")

    booking: Mapped[Booking] = relationship(back_populates="log")


class EmergencyContact(Base):
    """Whom to call. The host sees it on the day; deleted soon after the ride unless there was an incident."""

    __tablename__ = "emergency_contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    name_sealed: Mapped[bytes | None]
    relation_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]

    name = Sealed()
    relation = Sealed()
    phone = Sealed()
